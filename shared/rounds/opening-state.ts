import type { Cipher } from '../encryption/cipher.ts';
import type { Engine } from '../engines/engines.ts';
import { firstStateOf } from '../engines/first-state.ts';
import { sameBytes } from '../foundation/bytes.ts';
import { ConflictError } from '../foundation/errors.ts';
import type { Game } from '../games/game.ts';
import { currencyOf } from '../money/currency.ts';
import { formatAmount } from '../money/money.ts';
import { hasOutcome, nextNumberAfter, type Round, type RoundTerms } from './round.ts';
import { unsealOpening, unsealStateAfter } from './round-opening.ts';

type PaidBet = Pick<RoundTerms, 'baseBetMinor' | 'currency'>;

/**
 * Gives the state in which a paid round starts, by the rule that its game declares. State that was made at one bet is
 * never played at another. So the state that a round leaves is the first one, or was made at the bet of that round.
 * @param newest is the newest round of the log
 * @throws ConflictError STATE_BOUND_TO_BET; EngineError where the engine does not give its first state
 */
export async function paidOpeningState(
  cipher: Cipher,
  { engine, game, newest }: { engine: Engine; game: Game; newest: Round | undefined },
  bet: PaidBet,
): Promise<Uint8Array> {
  if (game.stateRule === 'fresh' || newest?.engineHash !== engine.hash) return firstStateOf(engine);
  const carried = await stateLeftBy(cipher, newest);
  if (newest.baseBetMinor === bet.baseBetMinor && newest.currency === bet.currency) return carried;
  const first = await firstStateOf(engine);
  // At a bet that is not offered any more, the player could never play on.
  if (sameBytes(carried, first) || !isOffered(game, newest)) return first;
  throw boundTo(newest);
}

/** Gives the state in which a round left the game. One without an outcome leaves it as it was. */
export async function stateLeftBy(cipher: Cipher, round: Round): Promise<Uint8Array> {
  if (hasOutcome(round)) return unsealStateAfter(cipher, round);
  return (await unsealOpening(cipher, round)).state;
}

function isOffered({ bets }: Game, { baseBetMinor, currency }: PaidBet): boolean {
  return bets.some((offered) => offered.currency === currency && offered.allowedMinor.includes(baseBetMinor));
}

function boundTo(newest: Round): ConflictError {
  const { currency } = newest;
  const betAmount = formatAmount(newest.baseBetMinor, currencyOf(currency));
  return new ConflictError(
    'STATE_BOUND_TO_BET',
    `The game goes on from what was played at a bet of ${betAmount} ${currency}; play on at that bet`,
    { nextRoundNumber: nextNumberAfter(newest), boundTo: { betAmount, currency } },
  );
}
