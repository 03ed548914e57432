import type { Cipher } from '../encryption/cipher.ts';
import type { Engine, Engines } from '../engines/engines.ts';
import type { Clock } from '../foundation/clock.ts';
import { ConflictError, RequestError } from '../foundation/errors.ts';
import type { SeedSource } from '../foundation/random.ts';
import { assertPlayable, betsIn, type Game } from '../games/game.ts';
import { knownGame, knownGameAfter, type Registry } from '../games/registry.ts';
import { currencyOf } from '../money/currency.ts';
import { type MinorAmount, NOTHING, parseAmount } from '../money/money.ts';
import { assertEnabled, type Operator } from '../operators/operator.ts';
import { assertLive, type Session } from '../sessions/session.ts';
import { balanceOrUnavailable } from '../wallets/balance.ts';
import type { Wallets } from '../wallets/wallet.ts';
import type { IdentifiedRequest, NumberedRequest } from './idempotency.ts';
import {
  type Continuation,
  continuationOf,
  type GameSoFar,
  isInFlight,
  nextNumberAfter,
  type Round,
} from './round.ts';
import { inFlight } from './round-answer.ts';
import { paidOpeningState, stateLeftBy } from './opening-state.ts';
import type { RoundOpening } from './round-opening.ts';

export interface CheckPorts {
  readonly clock: Clock;
  readonly seeds: SeedSource;
  readonly registry: Registry;
  readonly engines: Engines;
  readonly wallets: Wallets;
  readonly cipher: Cipher;
}

export interface CheckSettings {
  /** A session may lie unused for at most this long. */
  readonly sessionIdleMs: number;
}

/** A request for a round, with the records that it was checked against. */
export interface AskedRound {
  readonly session: Session;
  /** The newest round of the log. */
  readonly newest: Round | undefined;
  readonly operator: Operator;
  readonly request: NumberedRequest;
}

/** The checks fix all of this before the round is written. */
export interface CheckedRequest extends AskedRound {
  readonly engine: Engine;
  /** The action has this name in the engine. */
  readonly action: string;
  readonly opening: RoundOpening;
  readonly bet: Bet;
  readonly gameSoFar: GameSoFar | undefined;
  /** Only a round without a stake has this balance, because no debit will tell it. */
  readonly knownBalanceMinor: MinorAmount | undefined;
}

interface Bet {
  readonly baseBetMinor: MinorAmount;
  readonly stakeMinor: MinorAmount;
}

/**
 * Checks a request for a new round, and draws its seed. It writes nothing and moves no money.
 * @throws RgsError with the code of what was wrong
 */
export async function checkRequest(
  ports: CheckPorts,
  settings: CheckSettings,
  asked: AskedRound,
): Promise<CheckedRequest> {
  const { session, newest, operator, request } = asked;
  assertLive(session, newest?.startedAtMs, settings.sessionIdleMs, ports.clock.nowMs());
  if (newest && isInFlight(newest)) throw inFlight();
  const continuation = newest && continuationOf(newest);
  const lastEngineHash = continuation?.bonusActive ? undefined : newest?.engineHash;
  const game = await knownGameAfter(ports.registry, session.gameCode, lastEngineHash);
  assertPhase(request, newest, continuation);
  // A bonus that was won is played to its end, whatever was switched off since (GLI-19 V3.0, 2.4.1).
  if (request.kind === 'spin') assertOpen(operator, game);

  const bonus = continuation?.bonusActive ? continuation : undefined;
  const engine = await ports.engines.load(bonus?.engineHash ?? game.engineHash);
  const bet = bonus ? bonusBet(bonus, session) : spinBet(request, game, session, engine);
  const wallet = ports.wallets.of(operator, operator.walletId);
  // A call that cannot be signed is refused here. If it counted as sent, the stake of a round would be in
  // doubt.
  if (bet.stakeMinor > 0n) await wallet.ready();
  const action = actionFor(engine, request);
  const { currency } = session;
  const state =
    bonus && newest
      ? await stateLeftBy(ports.cipher, newest)
      : await paidOpeningState(ports.cipher, { engine, game, newest }, { ...bet, currency });
  const seed = await ports.seeds.seed();
  const knownBalanceMinor = bonus && (await balanceOrUnavailable(wallet, session));
  return {
    ...asked,
    engine,
    action,
    opening: { state, seed },
    bet,
    gameSoFar: bonus?.gameSoFar,
    knownBalanceMinor,
  };
}

/**
 * Checks that a paid round may be played: the session is live, and neither the operator nor the game is closed.
 * @throws RgsError with the code of what is closed
 */
export async function assertMayPlay(
  { clock, registry }: Pick<CheckPorts, 'clock' | 'registry'>,
  { sessionIdleMs }: CheckSettings,
  { session, newest, operator }: AskedRound,
): Promise<void> {
  assertLive(session, newest?.startedAtMs, sessionIdleMs, clock.nowMs());
  assertOpen(operator, await knownGame(registry, session.gameCode));
}

function assertPhase(
  request: IdentifiedRequest,
  newest: Round | undefined,
  continuation: Continuation | undefined,
): void {
  const told = { nextRoundNumber: nextNumberAfter(newest) };
  const bonusActive = continuation?.bonusActive ?? false;
  if (request.kind === 'spin' && bonusActive) {
    throw new ConflictError('BONUS_ACTIVE', 'A bonus is active; play it through /bonus first', told);
  }
  if (request.kind === 'bonus' && !bonusActive) {
    throw new ConflictError('NO_ACTIVE_BONUS', 'No bonus is active; play a spin first', told);
  }
}

function assertOpen(operator: Operator, game: Game): void {
  assertEnabled(operator);
  assertPlayable(game);
}

function spinBet(request: IdentifiedRequest, game: Game, session: Session, engine: Engine): Bet {
  const { betAmount, betLines } = request;
  if (betAmount === undefined) throw new RequestError('INVALID_REQUEST', 'A spin needs a bet_amount');
  const baseBetMinor = parseAmount(betAmount, currencyOf(session.currency));
  if (!betsIn(game, session.currency).allowedMinor.includes(baseBetMinor)) {
    throw new RequestError('BET_NOT_OFFERED', `A bet of ${betAmount} ${session.currency} is not offered`);
  }
  const { lines } = engine.capabilities;
  if (betLines !== undefined && betLines !== lines) {
    throw new RequestError('BET_LINES_NOT_OFFERED', `This game is played on ${lines ?? 'no'} lines`);
  }
  return { baseBetMinor, stakeMinor: baseBetMinor };
}

/** The round that won a bonus has paid its price. The wins of the bonus are in that round's currency. */
function bonusBet(bonus: Continuation, session: Session): Bet {
  if (bonus.currency !== session.currency) {
    throw new ConflictError('BONUS_CURRENCY_MISMATCH', `The active bonus was won in ${bonus.currency}`);
  }
  return { baseBetMinor: bonus.baseBetMinor, stakeMinor: NOTHING };
}

/** Names the action of the engine that a request plays. @throws ConflictError NO_ACTIVE_BONUS */
export function actionFor(engine: Engine, request: Pick<IdentifiedRequest, 'kind'>): string {
  const phase = request.kind === 'spin' ? 'base' : 'bonus';
  const action = engine.capabilities.actions.find(
    (candidate) => candidate.phase === phase && costsTheBet(engine, candidate.mode),
  );
  if (!action) throw new ConflictError('NO_ACTIVE_BONUS', `This game has no ${phase} action`);
  return action.name;
}

/** The stake of a spin is the bet. A mode with another price would be charged wrongly. */
function costsTheBet({ capabilities }: Engine, opened: string | undefined): boolean {
  const mode = capabilities.modes.find(({ name }) => name === opened);
  return mode === undefined || mode.priceMillionths === 1_000_000n;
}
