/** What has to exist before the first request, as the template declares it. Names are physical names. */
export interface Resources {
  readonly tables: readonly TableResource[];
  readonly queues: readonly QueueResource[];
  readonly buckets: readonly BucketResource[];
  readonly keys: readonly KeyResource[];
  readonly buses: readonly BusResource[];
}

export interface KeySchema {
  readonly partitionKey: string;
  readonly sortKey: string | undefined;
}

export interface TableResource extends KeySchema {
  readonly name: string;
  /** Type of every attribute that is a key of the table or of an index. */
  readonly attributeTypes: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly indexes: readonly IndexResource[];
  /** Undefined: no stream. */
  readonly streamView: 'NEW_AND_OLD_IMAGES' | undefined;
  readonly ttlAttribute: string | undefined;
}

/** It holds nothing but the keys of the items. */
export interface IndexResource extends KeySchema {
  readonly name: string;
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

export interface KeyResource {
  readonly keyId: string;
}

export interface BusResource {
  readonly name: string;
}
