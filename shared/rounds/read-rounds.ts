import { MissingError, RequestError } from '../foundation/errors.ts';
import { hasOutcome, type Round } from './round.ts';
import type { Ledger, RoundPages } from './ledger.ts';
import type { Registry } from '../games/registry.ts';
import { type Sessions, unknownSession } from '../sessions/sessions.ts';
import { operatorByKey } from '../operators/authenticate-operator.ts';
import { assertLive, type Session } from '../sessions/session.ts';
import type { Clock } from '../foundation/clock.ts';
import { identifyReader, type Reader, type ReaderCredentials } from '../sessions/identify-reader.ts';
import type { RoundId, SessionId } from '../foundation/ids.ts';

interface ReaderPorts {
  readonly clock: Clock;
  readonly pages: RoundPages;
  readonly registry: Registry;
  readonly sessions: Pick<Sessions, 'get'>;
}

export interface ReadPorts extends ReaderPorts {
  readonly ledger: Pick<Ledger, 'find'>;
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

/** The newest of so many rounds that can be read tells when the player last played. */
const NEWEST_ROUNDS = 5;

/**
 * Checks that a session may still read, as a spin would. A frozen log is read all the same.
 * @throws AccessError SESSION_REVOKED, SESSION_EXPIRED
 */
async function assertMayRead(
  { clock, pages }: Pick<ReaderPorts, 'clock' | 'pages'>,
  { sessionIdleMs }: ReadSettings,
  session: Session,
): Promise<void> {
  const nowMs = clock.nowMs();
  // A session that began so lately is not idle, whatever was played.
  const isNew = nowMs - session.createdAtMs < sessionIdleMs;
  const newest = isNew ? [] : await pages.list(session, { limit: NEWEST_ROUNDS });
  const readable = newest.find((round) => round.status !== 'UNREADABLE');
  // Where nobody knows when the player last played, whoever changed the rounds does not end the session by that.
  const playedAtMs = readable?.startedAtMs ?? (newest.length > 0 ? nowMs : undefined);
  assertLive(session, playedAtMs, sessionIdleMs, nowMs);
}

function mayRead(reader: Reader, { log }: Round): boolean {
  if (reader.kind === 'operator') return reader.operator.operatorId === log.operatorId;
  const { operatorId, playerId } = reader.session;
  return operatorId === log.operatorId && playerId === log.playerId;
}

export interface RoundPage {
  readonly rounds: readonly Round[];
  /**
   * Somebody has changed what is stored under these numbers of the log. Each may have been a round of this session or of
   * another one of the player's.
   */
  readonly unreadableNumbers: readonly number[];
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
  ports: ReaderPorts,
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
  const unreadable: number[] = [];
  const page = (nextCursor: string | undefined): RoundPage => ({
    rounds: found,
    unreadableNumbers: unreadable,
    nextCursor,
  });
  let viewBytes = 0;
  let beforeNumber = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  for (let queries = 1; queries <= MAX_QUERIES; queries += 1) {
    const before = beforeNumber === undefined ? {} : { beforeNumber };
    // The newest rounds of a log mostly belong to one session. Then the first query finds all that is asked for.
    const limit = queries === 1 ? request.limit : QUERY_ROUNDS;
    const listed = await ports.pages.list(session, { ...before, limit });
    for (const round of listed) {
      if (round.status === 'UNREADABLE') {
        beforeNumber = round.number;
        unreadable.push(round.number);
        continue;
      }
      if (round.startedAtMs < session.createdAtMs) return page(undefined);
      beforeNumber = round.number;
      if (round.sessionId !== session.sessionId) continue;
      found.push(round);
      viewBytes += hasOutcome(round) ? Buffer.byteLength(round.outcome.view) : 0;
      if (found.length === request.limit || viewBytes >= MAX_VIEW_BYTES)
        return page(cursorBefore(round.number));
    }
    if (listed.length < limit) return page(undefined);
  }
  return page(cursorBefore(beforeNumber));
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
