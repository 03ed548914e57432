import type { RoundLog } from '../foundation/ids.ts';

/** Says how far a player has come at a game. */
export interface GameProgress {
  /** The newest round began at this time. */
  readonly lastStartedAtMs: number;
  readonly bonusActive: boolean;
  readonly nextRoundNumber: number;
  /** The stake of the newest round is still in doubt. */
  readonly roundInFlight: boolean;
  /** The SHA-256 of the engine that played the newest round, in hex. An active bonus is finished on it. */
  readonly engineHash: string;
  /**
   * The public state that the player saw last. It is undefined where another engine than `engineHash` showed it, or
   * where hundreds of rounds without an outcome lie before it.
   */
  lastPublicState(engineHash: string): Promise<unknown>;
}

/** Sessions ask these questions about rounds. The room of rounds answers them. */
export interface PlayedRounds {
  /** Makes one read. It is undefined where the player has played no round of the game. */
  progress(log: RoundLog): Promise<GameProgress | undefined>;
}
