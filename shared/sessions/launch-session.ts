import { currencyOf } from '../money/currency.ts';
import { AccessError, ConflictError } from '../foundation/errors.ts';
import { assertPlayable, betsIn, type Game } from '../games/game.ts';
import {
  type GameCode,
  newSessionId,
  type OperatorId,
  type PlayerId,
  type RoundLog,
} from '../foundation/ids.ts';
import { formatAmount } from '../money/money.ts';
import { assertEnabled, type Operator } from '../operators/operator.ts';
import { knownOperator } from '../operators/operators.ts';
import { balanceOrRefusal } from '../wallets/balance.ts';
import { readView } from '../engines/round-view.ts';
import type { Session } from './session.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Engines } from '../engines/engines.ts';
import type { Random } from '../foundation/random.ts';
import { knownGame, type Registry } from '../games/registry.ts';
import type { GameProgress, PlayedRounds } from './played-rounds.ts';
import type { Sessions } from './sessions.ts';
import type { Wallets } from '../wallets/wallet.ts';
import { operatorByKey } from '../operators/authenticate-operator.ts';

export interface LaunchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly played: PlayedRounds;
  readonly engines: Engines;
  readonly wallets: Wallets;
}

export interface LaunchRequest {
  readonly gameCode: GameCode;
  readonly operatorId: OperatorId;
  readonly playerId: PlayerId;
  readonly currency: string;
  readonly token: string | undefined;
  readonly operatorKey: string | undefined;
}

export interface LaunchedSession {
  readonly session: Session;
  readonly publicState: unknown;
  readonly bonusActive: boolean;
  readonly nextRoundNumber: number;
  readonly balance: string;
  readonly allowedBets: readonly string[];
}

/**
 * Opens a session at a game. The operator vouches for the player with its key. Without the key, the operator's wallet
 * must confirm the player's token. A player needs no registration: the first round opens the player's log.
 */
export async function launchSession(
  ports: LaunchPorts,
  sessionTtlMs: number,
  request: LaunchRequest,
): Promise<LaunchedSession> {
  const { gameCode, playerId } = request;
  const currency = currencyOf(request.currency);
  const operator = await authorise(ports, request);
  const game = await knownGame(ports.registry, gameCode);
  assertPlayable(game);
  const bets = betsIn(game, currency.code);
  const holder = { playerId, currency: currency.code };
  const balanceMinor = await balanceOrRefusal(ports.wallets.of(operator, operator.walletId), holder);

  const log: RoundLog = { operatorId: operator.operatorId, playerId, gameCode };
  const progress = await ports.played.progress(log);
  const publicState = await publicStateOf(ports.engines, game, progress);

  const createdAtMs = ports.clock.nowMs();
  const session: Session = {
    sessionId: newSessionId(ports.random),
    ...log,
    currency: currency.code,
    createdAtMs,
    expiresAtMs: createdAtMs + sessionTtlMs,
    revokedAtMs: undefined,
  };
  await ports.sessions.create(session);
  return {
    session,
    publicState,
    bonusActive: progress?.bonusActive ?? false,
    nextRoundNumber: progress?.nextRoundNumber ?? 1,
    balance: formatAmount(balanceMinor, currency),
    allowedBets: bets.allowedMinor.map((betMinor) => formatAmount(betMinor, currency)),
  };
}

async function authorise(ports: LaunchPorts, request: LaunchRequest): Promise<Operator> {
  if (request.operatorKey !== undefined) {
    const operator = await operatorByKey(ports.registry, request.operatorKey);
    if (operator.operatorId !== request.operatorId) {
      throw new AccessError('OPERATOR_MISMATCH', 'The operator key belongs to another operator');
    }
    assertEnabled(operator);
    return operator;
  }
  if (request.token === undefined) {
    throw new AccessError('MISSING_CREDENTIALS', "Send X-Operator-Key, or the player's token");
  }
  const operator = await knownOperator(ports.registry, request.operatorId);
  assertEnabled(operator);
  const player = await ports.wallets
    .of(operator, operator.walletId)
    .authenticate(request.token, request.playerId);
  if (player?.playerId !== request.playerId) {
    throw new AccessError(
      'INVALID_PLAYER_TOKEN',
      "The operator's wallet does not know this token for this player",
    );
  }
  if (player.currency !== request.currency) {
    throw new ConflictError(
      'ACCOUNT_CURRENCY_MISMATCH',
      `The player's account is kept in ${player.currency}`,
    );
  }
  return operator;
}

/**
 * Gives the public state that the player saw last at this game. Where the player saw nothing of this engine, it is the
 * engine's first state.
 */
async function publicStateOf(
  engines: Engines,
  game: Game,
  progress: GameProgress | undefined,
): Promise<unknown> {
  const hash = progress?.bonusActive ? progress.engineHash : game.engineHash;
  return (await progress?.lastPublicState(hash)) ?? firstState(engines, hash);
}

async function firstState(engines: Engines, hash: string): Promise<unknown> {
  const engine = await engines.load(hash);
  return readView((await engine.reset()).view).publicState;
}
