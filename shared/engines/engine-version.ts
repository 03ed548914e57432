import type { EngineCapabilities } from './engines.ts';

/**
 * An engine speaks one of two contracts. A `wire` engine is played in rounds, and a `realtime` engine goes on by itself.
 * docs/engines.md has both.
 */
export type EngineContract = 'wire' | 'realtime';

/** A published engine. It is immutable, and the hash of its bytes names it. */
export interface EngineVersion {
  readonly hash: string;
  readonly engineId: string;
  readonly buildId: string;
  readonly publishedAtMs: number;
  /** The largest win that it declares for any mode, in millionths of the base bet. A realtime engine declares none. */
  readonly maxWinMillionths?: bigint | undefined;
  /** A remote engine runs there and is no module of ours. Its hash then names the build, and not any bytes. */
  readonly remote?: RemoteBuild | undefined;
}

/** A build of an engine on a server that speaks `engine.v1`. */
export interface RemoteBuild {
  readonly url: string;
  /** The SHA-256 that the server gives for its build, in hex. */
  readonly buildHash: string;
}

/** Gives the largest win that an engine declares for any of its modes. */
export function maxWinOf({ modes }: Pick<EngineCapabilities, 'modes'>): bigint {
  return modes.reduce(
    (largest, { maxWinMillionths }) => (maxWinMillionths > largest ? maxWinMillionths : largest),
    0n,
  );
}
