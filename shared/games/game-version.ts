import type { StateRule } from '../engines/state-rule.ts';
import type { CurrencyBets } from './game.ts';
import type { GameCode } from '../foundation/ids.ts';

/** A published engine as a version of a game, with what the game offers while this version is active. */
export interface GameVersion {
  readonly gameCode: GameCode;
  /** The SHA-256 of the engine, in hex. */
  readonly hash: string;
  readonly engineId: string;
  readonly buildId: string;
  readonly title: string;
  readonly bets: readonly CurrencyBets[];
  readonly stateRule: StateRule;
  /**
   * A bonus that an operator ends pays this multiple of its base bet. It is 0 where the bonus is forfeit, and absent where the
   * game has no bonus.
   */
  readonly bonusEndMillionths?: bigint | undefined;
  /** The contract that its engine speaks. It is absent where that is `wire`. */
  readonly contract?: 'realtime' | undefined;
  readonly publishedAtMs: number;
  /** From this time on it cannot be made active. Rounds that it began are finished on it all the same. */
  readonly retiredAtMs?: number | undefined;
}

/**
 * Records that a version became the active one of its game. The first record has the number 1, and none is ever removed.
 */
export interface Activation {
  readonly gameCode: GameCode;
  readonly number: number;
  readonly hash: string;
  readonly activatedAtMs: number;
}
