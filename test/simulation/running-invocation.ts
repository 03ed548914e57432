import type { PortCall } from './faults.ts';

export type Route = 'session' | 'spin' | 'bonus' | 'round' | 'revoke';

export interface ApiRequest {
  readonly route: Route;
  /** Unique in the world. */
  readonly name: string;
  readonly path: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Tells what a function was run for. */
export type Cause =
  | { readonly kind: 'request'; readonly request: ApiRequest }
  | { readonly kind: 'recovery'; readonly messages: readonly string[] }
  | { readonly kind: 'stream' | 'sweep' };

/** One run of a function in a process of its own. */
export interface RunningInvocation {
  readonly name: string;
  readonly cause: Cause;
  /** True time, by no process's clock. */
  readonly startedAtMs: number;
  readonly counted: readonly string[];
  /** How many faults were put into it. */
  readonly faults: number;
  /** By the process's clock. */
  nowMs(): number;
  remainingMs(): number;
  callsOf(name: PortCall): number;
  /** It was told of a game as it was before. */
  readonly wasOutdated: boolean;
}
