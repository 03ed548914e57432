import type { CurrencyBets } from './game.ts';

/** A published engine as a version of a game, and what the game offers while it is the active one. */
export interface GameVersion {
  readonly gameCode: string;
  /** SHA-256 of the engine, hex. */
  readonly hash: string;
  readonly engineId: string;
  readonly buildId: string;
  readonly title: string;
  readonly bets: readonly CurrencyBets[];
  /** Of its engine; absent where that is `wire`. */
  readonly contract?: 'realtime' | undefined;
  readonly publishedAtMs: number;
  /** Since when it cannot be made the active one. Rounds that it began are finished on it all the same. */
  readonly retiredAtMs?: number | undefined;
}

/** That a version became the active one of its game: the first has the number 1, and none is ever taken back. */
export interface Activation {
  readonly gameCode: string;
  readonly number: number;
  readonly hash: string;
  readonly activatedAtMs: number;
}
