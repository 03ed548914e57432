import { identify, type NumberedRequest } from './idempotency.ts';
import { knownOperator } from '../operators/operators.ts';
import { knownSessionAt, type Sessions } from '../sessions/sessions.ts';
import { type CheckPorts, type CheckSettings, checkRequest } from './check-request.ts';
import { commit } from './commit.ts';
import { type DebitPorts, type DebitSettings, debit } from './debit.ts';
import { creditAndAnswer } from './credit-and-answer.ts';
import { playBonus } from './play-bonus.ts';
import { findEarlierRound } from './find-earlier-round.ts';
import type { Ledger } from './ledger.ts';
import { type QueueRecoveryPorts, recoverBlocked } from './queue-recovery.ts';
import { abandonIfClosed, answerRepeated, type TakeOverSettings, takeOver } from './repeat-round.ts';
import { type ReservePorts, reserve } from './reserve-round.ts';
import type { RoundAnswer } from './round-answer.ts';
import { stepAndSeal } from './step-engine.ts';
import type { GameCode } from '../foundation/ids.ts';

export interface PlayPorts extends CheckPorts, ReservePorts, DebitPorts, QueueRecoveryPorts {
  readonly sessions: Pick<Sessions, 'get'>;
  readonly ledger: Ledger;
}

export type PlaySettings = CheckSettings & DebitSettings & TakeOverSettings;

export interface PlayRequest extends NumberedRequest {
  readonly gameCode: GameCode;
}

/**
 * Plays one round: a spin, or the next action of an active bonus. README.md draws these steps. The same key and request
 * always get the same answer.
 * @throws RgsError with the code of what was wrong; money moves only where a round is then on record
 */
export async function playRound(
  ports: PlayPorts,
  settings: PlaySettings,
  request: PlayRequest,
): Promise<RoundAnswer> {
  const session = await knownSessionAt(ports.sessions, request.sessionId, request.gameCode);
  const newest = await ports.ledger.head(session);
  const operator = await knownOperator(ports.registry, session.operatorId);
  const identity = identify(request);

  const asked = { session, newest, operator, request };

  const found = await findEarlierRound(ports.ledger, newest, identity, request.roundNumber);
  const earlier = found && (await abandonIfClosed(ports, settings, asked, found));
  if (earlier && earlier.status !== 'INTENT') return answerRepeated(ports, operator, earlier);
  if (!earlier) await recoverBlocked(ports, settings, newest);

  if (request.kind === 'bonus')
    return creditAndAnswer(ports, operator, await playBonus(ports, settings, asked, identity));
  const intent = earlier
    ? await takeOver(ports, settings, earlier)
    : await reserve(ports, await checkRequest(ports, settings, asked), identity); // INTENT
  const stepped = await stepAndSeal(ports, intent);
  const debited = await debit(ports, settings, operator, intent, stepped);
  const committed = await commit(ports, intent, stepped, debited); // COMMITTED
  return creditAndAnswer(ports, operator, committed); // CREDITED, wins only
}
