/** The entry of a function. `functions.ts` lists the entries, and each stands beside its handler, in `function.ts`. */
import type * as z from 'zod';
import type { ErrorCode } from '../shared/foundation/errors.ts';

export interface FunctionEntry {
  /** The name of its folder. The deployed function has the same name, and so have its logs and metrics. */
  readonly name: string;
  /** The description of the deployed function. */
  readonly purpose: string;
  readonly trigger: Trigger;
  /** The stage sets memory and time-out for each size. */
  readonly size: 'play' | 'query' | 'worker' | 'sweep' | 'simulation';
  /** The function may touch these resources. It also gets their names and addresses as environment variables. */
  readonly permissions: Permissions;
  readonly settings: readonly SettingVariable[];
}

export type Trigger =
  | Route
  | { readonly kind: 'ledger-stream' }
  | { readonly kind: 'signed-item-streams' }
  | { readonly kind: 'recovery-queue' }
  | { readonly kind: 'daily' }
  | { readonly kind: 'domain-events' }
  | { readonly kind: 'simulation' };

/** A route of the API. The OpenAPI document and the table of routes in docs/api.md are made from it. */
export interface Route {
  readonly kind: 'route';
  readonly method: HttpMethod;
  /** The path begins with `/api/v1/`. A parameter stands in braces: `/api/v1/games/{gameCode}/spin`. */
  readonly path: string;
  /** One imperative phrase, such as `Play a spin`. */
  readonly summary: string;
  /** Says for docs/api.md who may call the route. The handler is what checks it. */
  readonly callers: string;
  readonly pathParameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers: readonly Header[];
  readonly body?: z.ZodType;
  readonly success: {
    readonly status: number;
    readonly description: string;
    readonly headers?: readonly Header[];
    readonly schema?: z.ZodType;
  };
  /** The codes that this route adds to those that every route may answer with. */
  readonly errors: readonly ErrorCode[];
}

export type HttpMethod = 'GET' | 'POST' | 'DELETE';

export interface Header {
  readonly name: string;
  readonly description: string;
}

/** The IAM actions on each resource are spelled out. There is no wildcard and no `grantReadWriteData`. */
export type Permissions = Readonly<Partial<Record<Resource, readonly string[]>>>;

/**
 * An IAM statement can name these resources. `infra/constructs/resources.ts` has their ARNs, and the condition of those
 * that are only some items of a table, or only some uses of a key.
 */
export type Resource =
  | 'ledger'
  | 'sessions'
  | 'config'
  | 'dataKeyItems'
  | 'events'
  | 'engineObjects'
  | 'archiveBucket'
  | 'archiveObjects'
  | 'simulationsBucket'
  | 'simulationObjects'
  | 'recoveryQueue'
  | 'parkingQueue'
  | 'bus'
  | 'dataKey'
  | 'dataKeyMetadata'
  | 'operatorSecrets';

/** Settings of the stage that reach a function as environment variables. */
export type SettingVariable =
  | 'WALLET_TIMEOUT_MS'
  | 'GRPC_TIMEOUT_MS'
  | 'RANDOM_URL'
  | 'SESSION_TTL_SECONDS'
  | 'SESSION_IDLE_SECONDS'
  | 'ROUND_LEASE_MS'
  | 'HOT_RETENTION_DAYS';
