import type { StateRule } from '../engines/state-rule.ts';
import { AccessError, ConflictError, RequestError } from '../foundation/errors.ts';
import type { GameCode } from '../foundation/ids.ts';
import type { MinorAmount } from '../money/money.ts';

/** A game as it is offered: the engine that plays it, and the bets that it takes. */
export interface Game {
  readonly gameCode: GameCode;
  readonly title: string;
  readonly enabled: boolean;
  /** The SHA-256 of the active engine, in hex. New rounds take it; a bonus is finished on the engine that started it. */
  readonly engineHash: string;
  readonly bets: readonly CurrencyBets[];
  readonly stateRule: StateRule;
  /**
   * A bonus that an operator ends pays this multiple of its base bet. It is 0 where the bonus is forfeit, and absent where the
   * game has no bonus.
   */
  readonly bonusEndMillionths?: bigint | undefined;
  /** The contract of the active engine. It is absent where that is `wire`. */
  readonly contract?: 'realtime' | undefined;
}

export interface CurrencyBets {
  readonly currency: string;
  readonly allowedMinor: readonly MinorAmount[];
}

/**
 * Only a game that is switched on and played in rounds takes sessions and spins.
 * @throws AccessError GAME_DISABLED; ConflictError GAME_IS_REALTIME
 */
export function assertPlayable({ gameCode, enabled, contract }: Game): void {
  if (!enabled) throw new AccessError('GAME_DISABLED', 'This game is disabled');
  if (contract === 'realtime') {
    throw new ConflictError('GAME_IS_REALTIME', `${gameCode} goes on by itself and is not played in rounds`);
  }
}

/** @throws RequestError CURRENCY_NOT_OFFERED */
export function betsIn(game: Game, currency: string): CurrencyBets {
  const bets = game.bets.find((candidate) => candidate.currency === currency);
  if (!bets) throw new RequestError('CURRENCY_NOT_OFFERED', `${game.gameCode} is not offered in ${currency}`);
  return bets;
}
