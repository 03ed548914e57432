import { currencyOf } from '../money/currency.ts';
import { AccessError, ConflictError, MissingError, RequestError } from '../foundation/errors.ts';
import { assertPlayedInRounds, betsIn, type Game } from '../games/game.ts';
import {
  candidatesFor,
  earlierKeysAfter,
  type IdentifiedRequest,
  identify,
  type RequestIdentity,
} from './idempotency.ts';
import { sameBytes } from '../foundation/bytes.ts';
import type { RoundLog } from '../foundation/ids.ts';
import { parseAmount } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import {
  type Continuation,
  continuationOf,
  type GameSoFar,
  hasOutcome,
  type IntentRound,
  isInFlight,
  type Round,
} from './round.ts';
import { assertLive, type Session } from '../sessions/session.ts';
import type { Engine } from '../engines/engines.ts';
import type { Ledger } from './ledger.ts';
import type { Random, SeedSource } from '../foundation/random.ts';
import type { Registry } from '../games/registry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { balanceOf, type DrivePorts, type DriveSettings, driveIntent, resumeRound } from './drive-round.ts';
import { answerTo, inFlight, type RoundAnswer } from './round-answer.ts';
import { openStart, openStateAfter, type Start, sealStart } from './round-secrets.ts';

export interface PlayPorts extends DrivePorts {
  readonly random: Random;
  readonly seeds: SeedSource;
  readonly registry: Registry;
  readonly sessions: Sessions;
}

export interface PlaySettings extends DriveSettings {
  /** The longest a session may lie unused. */
  readonly sessionIdleMs: number;
}

export interface PlayRequest extends IdentifiedRequest {
  readonly gameCode: string;
}

/**
 * Plays one round: a spin, or the next action of an active bonus. The same key and request always get the same answer.
 * @throws RgsError with the code of what was wrong; money moves only where a round is then on record
 */
export async function playRound(
  ports: PlayPorts,
  settings: PlaySettings,
  request: PlayRequest,
): Promise<RoundAnswer> {
  const session = await ports.sessions.get(request.sessionId);
  if (!session) throw new MissingError('UNKNOWN_SESSION', 'There is no such session');
  if (session.gameCode !== request.gameCode) {
    throw new ConflictError('SESSION_GAME_MISMATCH', `The session was launched for ${session.gameCode}`);
  }
  const { operatorId, playerId, gameCode } = session;
  const log: RoundLog = { operatorId, playerId, gameCode };
  const newest = await ports.ledger.head(log);
  const operator = await operatorOf(ports.registry, operatorId);

  const identity = identify(request);
  const known = newest && (await findByKey(ports.ledger, newest, identity));
  if (known) return answerTo(await resumeRound(ports, settings, operator, known));

  assertLive(session, newest?.startedAtMs, settings.sessionIdleMs, ports.clock.nowMs());
  if (newest && isInFlight(newest)) throw inFlight();
  const plan = await planRound(ports, operator, session, newest, request);
  const round = await writeIntent(ports, plan, identity);
  return answerTo(await driveIntent(ports, settings, { ...plan, round }));
}

async function operatorOf(registry: Registry, operatorId: string): Promise<Operator> {
  const operator = await registry.operator(operatorId);
  if (!operator) throw new MissingError('UNKNOWN_OPERATOR', `There is no operator ${operatorId}`);
  return operator;
}

/** The round that carries this key already, if one of the last of the log does. */
async function findByKey(
  ledger: Ledger,
  newest: Round,
  identity: RequestIdentity,
): Promise<Round | undefined> {
  if (sameBytes(newest.idempotency.keyHash, identity.keyHash)) return matching(newest, identity);
  for (const number of candidatesFor(newest, identity.keyHash)) {
    const round = await ledger.get({ log: newest.log, number });
    if (round && sameBytes(round.idempotency.keyHash, identity.keyHash)) return matching(round, identity);
  }
  return undefined;
}

function matching(round: Round, identity: RequestIdentity): Round {
  if (sameBytes(round.idempotency.requestHash, identity.requestHash)) return round;
  throw new RequestError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request');
}

/** Everything that is fixed before the round is written. */
interface Plan {
  readonly operator: Operator;
  readonly session: Session;
  readonly newest: Round | undefined;
  readonly request: PlayRequest;
  readonly engine: Engine;
  readonly action: string;
  readonly start: Start;
  readonly bet: Bet;
  readonly gameSoFar: GameSoFar | undefined;
  readonly knownBalanceMinor: bigint | undefined;
}

interface Bet {
  readonly baseBetMinor: bigint;
  readonly stakeMinor: bigint;
}

async function planRound(
  ports: PlayPorts,
  operator: Operator,
  session: Session,
  newest: Round | undefined,
  request: PlayRequest,
): Promise<Plan> {
  const game = await ports.registry.game(session.gameCode);
  if (!game) throw new MissingError('UNKNOWN_GAME', `There is no game ${session.gameCode}`);
  const continuation = newest && continuationOf(newest);
  assertPhase(request, continuation);
  // A bonus that was won is played to its end, whatever was switched off since (GLI-19 V3.0, 2.4.1).
  if (request.kind === 'spin') assertOpen(operator, game);

  const bonus = continuation?.bonusActive ? continuation : undefined;
  const engine = await ports.engines.load(bonus?.engineHash ?? game.engineHash);
  const bet = bonus ? bonusBet(bonus, session) : spinBet(request, game, session, engine);
  // Unlike a call that was sent, one that cannot be signed need not leave a round whose stake is in doubt.
  if (bet.stakeMinor > 0n) await ports.wallets.of(operator).ready();
  const holder = { log: session, currency: session.currency };
  return {
    operator,
    session,
    newest,
    request,
    engine,
    action: actionFor(engine, request),
    start: { state: await stateFor(ports, engine, newest), seed: await ports.seeds.seed() },
    bet,
    gameSoFar: bonus?.gameSoFar,
    knownBalanceMinor: bonus ? await balanceOf(ports, operator, holder) : undefined,
  };
}

function assertPhase(request: PlayRequest, continuation: Continuation | undefined): void {
  const bonusActive = continuation?.bonusActive ?? false;
  if (request.kind === 'spin' && bonusActive) {
    throw new ConflictError('BONUS_ACTIVE', 'A bonus is active; play it through /bonus first');
  }
  if (request.kind === 'bonus' && !bonusActive) {
    throw new ConflictError('NO_ACTIVE_BONUS', 'No bonus is active; play a spin first');
  }
}

function assertOpen(operator: Operator, game: Game): void {
  if (!operator.enabled) throw new AccessError('OPERATOR_DISABLED', 'Gaming is disabled for this operator');
  if (!game.enabled) throw new AccessError('GAME_DISABLED', 'This game is disabled');
  assertPlayedInRounds(game);
}

function spinBet(request: PlayRequest, game: Game, session: Session, engine: Engine): Bet {
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

/** A bonus is paid for by the round that won it, and pays in that round's currency. */
function bonusBet(bonus: Continuation, session: Session): Bet {
  if (bonus.currency !== session.currency) {
    throw new ConflictError('BONUS_CURRENCY_MISMATCH', `The active bonus was won in ${bonus.currency}`);
  }
  return { baseBetMinor: bonus.baseBetMinor, stakeMinor: 0n };
}

function actionFor(engine: Engine, request: PlayRequest): string {
  const phase = request.kind === 'spin' ? 'base' : 'bonus';
  const action = engine.capabilities.actions.find(
    (candidate) => candidate.phase === phase && costsTheBet(engine, candidate.mode),
  );
  if (!action) throw new ConflictError('NO_ACTIVE_BONUS', `This game has no ${phase} action`);
  return action.name;
}

/** The stake of a spin is the bet, so what another mode costs would be charged wrongly. */
function costsTheBet({ capabilities }: Engine, opened: string | undefined): boolean {
  const mode = capabilities.modes.find(({ name }) => name === opened);
  return mode === undefined || mode.priceMillionths === 1_000_000n;
}

/** Where the newest round left the game, or the engine's first state where there is none or another engine made it. */
async function stateFor(ports: PlayPorts, engine: Engine, newest: Round | undefined): Promise<Uint8Array> {
  if (newest?.engineHash !== engine.hash) return (await engine.reset()).state;
  if (hasOutcome(newest)) return openStateAfter(ports.cipher, newest);
  return (await openStart(ports.cipher, newest)).state;
}

async function writeIntent(ports: PlayPorts, plan: Plan, identity: RequestIdentity): Promise<IntentRound> {
  const { operatorId, playerId, gameCode, sessionId, currency } = plan.session;
  const place = { log: { operatorId, playerId, gameCode }, number: (plan.newest?.number ?? 0) + 1 };
  const nowMs = ports.clock.nowMs();
  const round: IntentRound = {
    ...place,
    roundId: ports.random.uuid(),
    sessionId,
    kind: plan.request.kind,
    action: plan.action,
    currency,
    ...plan.bet,
    walletCalls: plan.bet.stakeMinor > 0n ? plan.operator.walletCalls : 'debit-credit',
    engineHash: plan.engine.hash,
    gameSoFar: plan.gameSoFar,
    sealedStart: await sealStart(ports.cipher, place, plan.start),
    idempotency: { ...identity, earlierKeys: earlierKeysAfter(plan.newest) },
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    epoch: 1,
    status: 'INTENT',
  };
  const result = await ports.ledger.append(round);
  if (!result.appended) throw inFlight();
  return round;
}
