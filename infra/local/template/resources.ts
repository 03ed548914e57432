import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** These resources have to exist before the first request, as the template declares them. Names are physical names. */
export interface Resources {
  readonly tables: readonly TableResource[];
  readonly queues: readonly QueueResource[];
  readonly buckets: readonly BucketResource[];
  readonly keys: readonly { readonly keyId: string }[];
  readonly buses: readonly { readonly name: string }[];
}

export interface TableResource {
  /** The table as CreateTable takes it. */
  readonly definition: CreateTableCommandInput & { readonly TableName: string };
  /** Expiry is switched on afterwards. */
  readonly ttlAttribute: string | undefined;
}

export interface QueueResource {
  readonly name: string;
  /** As CreateQueue takes them: VisibilityTimeout, RedrivePolicy and so on. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface BucketResource {
  readonly name: string;
  readonly objectLock: boolean;
}
