import type { Cipher } from '../encryption/cipher.ts';
import type { Engines } from '../engines/engines.ts';
import { readView } from '../engines/round-view.ts';
import { ConflictError, FaultError } from '../foundation/errors.ts';
import type { GameCode, PlayerId } from '../foundation/ids.ts';
import type { SeedSource } from '../foundation/random.ts';
import { knownGame, type Registry } from '../games/registry.ts';
import { currencyOf } from '../money/currency.ts';
import { NOTHING, winFor } from '../money/money.ts';
import { identifyOperator } from '../operators/authenticate-operator.ts';
import type { Operator } from '../operators/operator.ts';
import type { Wallets } from '../wallets/wallet.ts';
import { type ActiveBonus, type BonusObstacle, obstacleOf } from './bonus-obstacle.ts';
import { outcomeOf } from './commit.ts';
import { leftToWinMillionths } from './declared-limits.ts';
import { creditAndAnswer } from './credit-and-answer.ts';
import { identify } from './idempotency.ts';
import { isOperatorEnd, isWithoutAccount, OPERATOR_END } from './operator-end.ts';
import { type QueueRecoveryPorts, recoverBlocked } from './queue-recovery.ts';
import { answerRepeated, type TakeOverSettings } from './repeat-round.ts';
import { type ReservePorts, termsOf } from './reserve-round.ts';
import { continuationOf, isInFlight, nextNumberAfter, type Round } from './round.ts';
import { inFlight, type RoundAnswer } from './round-answer.ts';
import { sealStateAfter } from './round-opening.ts';

export interface EndBonusPorts extends ReservePorts, QueueRecoveryPorts {
  readonly seeds: SeedSource;
  readonly registry: Registry;
  readonly engines: Engines;
  readonly wallets: Wallets;
  readonly cipher: Cipher;
}

export interface EndBonusRequest {
  readonly operatorKey: string | undefined;
  readonly gameCode: GameCode;
  readonly playerId: PlayerId;
  /** The present currency of the player's account. */
  readonly currency: string;
}

export interface EndedBonus extends Omit<RoundAnswer, 'balance'> {
  /** The win and the balance are in the currency of the bonus. */
  readonly currency: string;
  /** It is null where the wallet keeps no account of the player in this currency. */
  readonly balance: string | null;
}

/**
 * Ends a bonus that cannot go on, and pays what the game declares for it. The end is a round of the log like any other,
 * so it is on record, and the next round may be a spin. A repeated request gets the same answer until then.
 * @throws RgsError with the code of what was wrong; money moves only where the round is then on record
 */
export async function endBonus(
  ports: EndBonusPorts,
  settings: TakeOverSettings,
  request: EndBonusRequest,
): Promise<EndedBonus> {
  const operator = await identifyOperator(ports.registry, request.operatorKey);
  currencyOf(request.currency);
  const { operatorId } = operator;
  const { playerId, gameCode } = request;
  const newest = await ports.ledger.head({ operatorId, playerId, gameCode });
  if (newest && isOperatorEnd(newest))
    return endedBonus(newest, await answerRepeated(ports, operator, newest));
  await recoverBlocked(ports, settings, newest);
  const bonus = await activeBonus(ports, newest);
  const payoutMillionths = await declaredPayout(ports, gameCode, bonus);
  const wallet = ports.wallets.of(operator, operator.walletId);
  const obstacle = await obstacleOf(ports, bonus, wallet, request);
  const ended = await putEnd(ports, operator, { bonus, obstacle, payoutMillionths });
  tell(ports, ended, { reason: obstacle.reason, accountCurrency: request.currency });
  return endedBonus(ended, await creditAndAnswer(ports, operator, ended));
}

function endedBonus(round: Round, answer: RoundAnswer): EndedBonus {
  const balance = isWithoutAccount(round, answer.outcome) ? null : answer.balance;
  return { ...answer, currency: round.currency, balance };
}

/**
 * The round itself is on record, with its operator, its reason and the currency of the bonus. Only this line has the
 * account's currency, as the operator named it. A repeated request writes no second line, also where the first one was lost.
 */
function tell(
  { telemetry }: EndBonusPorts,
  { log, roundId, currency }: Round,
  asked: { readonly reason: string; readonly accountCurrency: string },
): void {
  telemetry.warn('An operator has ended a bonus', { ...log, roundId, currency, ...asked });
}

async function activeBonus({ engines }: EndBonusPorts, newest: Round | undefined): Promise<ActiveBonus> {
  if (newest && isInFlight(newest)) throw inFlight();
  const continuation = newest && continuationOf(newest);
  if (newest && continuation?.bonusActive) {
    return { newest, continuation, engine: await engines.load(continuation.engineHash) };
  }
  throw new ConflictError('NO_ACTIVE_BONUS', 'The player has no active bonus at this game', {
    nextRoundNumber: nextNumberAfter(newest),
  });
}

/**
 * A game never pays more than its engine declares, also where an operator ends it. Publishing refuses a game with a bonus
 * that does not declare what is paid then.
 */
async function declaredPayout(
  { registry }: EndBonusPorts,
  gameCode: GameCode,
  { engine, continuation }: ActiveBonus,
): Promise<bigint> {
  const { bonusEndMillionths } = await knownGame(registry, gameCode);
  const left = leftToWinMillionths(engine.capabilities, continuation.gameSoFar);
  if (bonusEndMillionths !== undefined) return bonusEndMillionths < left ? bonusEndMillionths : left;
  throw new FaultError('MISCONFIGURED', `${gameCode} does not declare what a bonus pays that is ended`);
}

interface BonusEnd {
  readonly bonus: ActiveBonus;
  readonly obstacle: BonusObstacle;
  readonly payoutMillionths: bigint;
}

async function putEnd(ports: EndBonusPorts, operator: Operator, end: BonusEnd): Promise<Round> {
  const { terms, outcome } = await roundOf(ports, operator, end);
  const updatedAtMs = ports.clock.nowMs();
  const result = await ports.ledger.append({ ...terms, epoch: 1, updatedAtMs, status: 'COMMITTED', outcome });
  if (result.appended) return result.round;
  if (isOperatorEnd(result.existing)) return result.existing;
  throw inFlight();
}

/** The game is then in its engine's first state, at no cost to whoever plays on. */
async function roundOf(ports: EndBonusPorts, operator: Operator, end: BonusEnd) {
  const { newest, continuation, engine } = end.bonus;
  const { currency, baseBetMinor, gameSoFar } = continuation;
  const session = { ...newest.log, sessionId: newest.sessionId, currency };
  const bet = { baseBetMinor, stakeMinor: NOTHING };
  const { opening, reason, balanceMinor } = end.obstacle;
  const request = { kind: 'bonus' } as const;
  const checked = {
    session,
    newest,
    operator,
    request,
    engine,
    action: OPERATOR_END,
    opening,
    bet,
    gameSoFar,
  };
  const terms = await termsOf(ports, checked, identityOf(newest));
  const first = await engine.reset();
  const { publicState } = readView(first.view);
  const ended = { ended_by: 'operator', reason };
  const step = {
    state: first.state,
    payoutMillionths: end.payoutMillionths,
    bonusActive: false,
    view: JSON.stringify({ outcome: ended, public_state: publicState, bonus_triggered: null }),
  };
  const winMinor = winFor(step.payoutMillionths, baseBetMinor, currencyOf(currency));
  const sealedStateAfter = await sealStateAfter(ports.cipher, terms, first.state);
  const outcome = outcomeOf(terms, { kind: 'stepped', step, winMinor, sealedStateAfter }, balanceMinor);
  return { terms, outcome };
}

/** A key of a client has no spaces, so none of them is this one. */
function identityOf(newest: Round) {
  return identify({
    idempotencyKey: `the end of the bonus in round ${nextNumberAfter(newest)}`,
    kind: 'bonus',
    sessionId: newest.sessionId,
    betAmount: undefined,
    betLines: undefined,
  });
}
