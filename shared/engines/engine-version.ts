/** What an engine speaks: `wire` is played in rounds, `realtime` goes on by itself. docs/engines.md has both. */
export type EngineContract = 'wire' | 'realtime';

/** An engine as published: immutable, named by the hash of its bytes. */
export interface EngineVersion {
  readonly hash: string;
  readonly engineId: string;
  readonly buildId: string;
  readonly publishedAtMs: number;
  /** Where it runs, if it is no module of ours; its hash then names the build, and not any bytes. */
  readonly remote?: RemoteBuild | undefined;
}

/** A build of an engine on a server that speaks `engine.v1`. */
export interface RemoteBuild {
  readonly url: string;
  /** SHA-256 that the server tells of its build, hex. */
  readonly buildHash: string;
}
