import { MissingError, RequestError } from '../foundation/errors.ts';
import { hasOutcome, type Round } from './round.ts';
import type { Ledger } from './ledger.ts';
import type { Registry } from '../games/registry.ts';
import { type Sessions, unknownSession } from '../sessions/sessions.ts';
import { operatorByKey } from '../operators/authenticate-operator.ts';
import { assertLive, type Session } from '../sessions/session.ts';
import type { Clock } from '../foundation/clock.ts';
import { identifyReader, type Reader, type ReaderCredentials } from '../sessions/identify-reader.ts';
import type { RoundId, SessionId } from '../foundation/ids.ts';

export interface ReadPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly registry: Registry;
  readonly sessions: Pick<Sessions, 'get'>;
}

export interface ReadSettings {
  /** A session may lie unused for at most this long. */
  readonly sessionIdleMs: number;
}

/**
 * Shows one round to its operator or to its player. To anybody else it does not exist.
 * @throws MissingError UNKNOWN_ROUND, UNKNOWN_SESSION; AccessError
 */
export async function readRound(
  ports: ReadPorts,
  settings: ReadSettings,
  credentials: ReaderCredentials,
  roundId: RoundId,
): Promise<Round> {
  const reader = await identifyReader(ports, credentials);
  if (reader.kind === 'player') await assertMayRead(ports, settings, reader.session);
  const round = await ports.ledger.find(roundId);
  if (!round || !mayRead(reader, round)) throw new MissingError('UNKNOWN_ROUND', 'There is no such round');
  return round;
}

/**
 * Checks that a session may still read, as a spin would. A frozen log is read all the same.
 * @throws AccessError SESSION_REVOKED, SESSION_EXPIRED
 */
async function assertMayRead(
  { clock, ledger }: Pick<ReadPorts, 'clock' | 'ledger'>,
  { sessionIdleMs }: ReadSettings,
  session: Session,
): Promise<void> {
  const nowMs = clock.nowMs();
  // A session that began so lately is not idle, whatever was played.
  const isNew = nowMs - session.createdAtMs < sessionIdleMs;
  const [newest] = isNew ? [] : await ledger.list(session, { limit: 1 });
  assertLive(session, newest?.startedAtMs, sessionIdleMs, nowMs);
}

function mayRead(reader: Reader, { log }: Round): boolean {
  if (reader.kind === 'operator') return reader.operator.operatorId === log.operatorId;
  const { operatorId, playerId } = reader.session;
  return operatorId === log.operatorId && playerId === log.playerId;
}

export interface RoundPage {
  readonly rounds: readonly Round[];
  /** It is opaque to callers, and undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface RoundPageRequest {
  readonly sessionId: SessionId;
  readonly operatorKey: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

const QUERY_ROUNDS = 100;
/**
 * One request makes at most this many queries, however many rounds of other sessions lie between those of
 * this one.
 */
const MAX_QUERIES = 5;
/** A function's answer may have 6 MB (AWS Lambda quotas), and each quote of a view takes two bytes of it. */
const MAX_VIEW_BYTES = 2_000_000;

/**
 * Lists the rounds of a session, newest first. A page that is short or empty may still have a cursor. The id
 * of a session is its player's capability until the session ends. Its operator reads it afterwards, too.
 * @throws MissingError UNKNOWN_SESSION; AccessError INVALID_OPERATOR_KEY, SESSION_REVOKED, SESSION_EXPIRED; RequestError
 * INVALID_CURSOR
 */
export async function listRounds(
  ports: ReadPorts,
  settings: ReadSettings,
  request: RoundPageRequest,
): Promise<RoundPage> {
  const session = await ports.sessions.get(request.sessionId);
  const operator =
    request.operatorKey === undefined ? undefined : await operatorByKey(ports.registry, request.operatorKey);
  if (!session || (operator && operator.operatorId !== session.operatorId)) {
    throw unknownSession();
  }
  if (!operator) await assertMayRead(ports, settings, session);
  const found: Round[] = [];
  let viewBytes = 0;
  let beforeNumber = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  for (let queries = 1; queries <= MAX_QUERIES; queries += 1) {
    const before = beforeNumber === undefined ? {} : { beforeNumber };
    // The newest rounds of a log mostly belong to one session. Then the first query finds all that is asked for.
    const limit = queries === 1 ? request.limit : QUERY_ROUNDS;
    const page = await ports.ledger.list(session, { ...before, limit });
    for (const round of page) {
      if (round.startedAtMs < session.createdAtMs) return { rounds: found, nextCursor: undefined };
      beforeNumber = round.number;
      if (round.sessionId !== session.sessionId) continue;
      found.push(round);
      viewBytes += hasOutcome(round) ? Buffer.byteLength(round.outcome.view) : 0;
      if (found.length === request.limit || viewBytes >= MAX_VIEW_BYTES)
        return { rounds: found, nextCursor: cursorBefore(round.number) };
    }
    if (page.length < limit) return { rounds: found, nextCursor: undefined };
  }
  return { rounds: found, nextCursor: cursorBefore(beforeNumber) };
}

function cursorBefore(number = 1): string | undefined {
  return number > 1 ? String(number) : undefined;
}

function parseCursor(cursor: string): number {
  const number = Number(cursor);
  if (!/^\d{1,9}$/.test(cursor) || number < 1) {
    throw new RequestError('INVALID_CURSOR', 'The cursor is not one that this API gave');
  }
  return number;
}
