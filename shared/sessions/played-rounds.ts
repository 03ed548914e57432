import type { RoundLog } from '../foundation/ids.ts';

/** How far a player has come at a game. */
export interface GameProgress {
  /** When the newest round began. */
  readonly lastStartedAtMs: number;
  readonly bonusActive: boolean;
  /** The stake of the newest round is still in doubt. */
  readonly roundInFlight: boolean;
  /** SHA-256 of the engine that played the newest round, hex. An active bonus is finished on it. */
  readonly engineHash: string;
  /**
   * The public state that the player saw last. It is undefined where another engine than `engineHash` showed it, or
   * where hundreds of rounds without an outcome lie before it.
   */
  lastPublicState(engineHash: string): Promise<unknown>;
}

/** What sessions ask about rounds. The room of rounds answers it. */
export interface PlayedRounds {
  /** One read. Undefined where the player has played no round of the game. */
  progress(log: RoundLog): Promise<GameProgress | undefined>;
}
