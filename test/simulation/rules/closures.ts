import type { Round } from '../../../shared/rounds/round.ts';
import type { Session } from '../../../shared/sessions/session.ts';
import { name } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';

interface Closing {
  readonly fromMs: number;
  untilMs: number;
}

/** GLI-19 V3.0, 2.5.4. */
const MOST_IDLE_MS = 30 * 60_000;

/** Nothing that has been closed plays a new paid round. A round that a closure finds under way comes to its end all the same. */
export class Closures {
  readonly #check: Check;
  /** Operators, games and sessions were closed at these true times. */
  readonly #closings = new Map<string, Closing[]>();
  readonly #sessions = new Map<string, Session>();

  constructor(check: Check) {
    this.#check = check;
  }

  launched(session: Session): void {
    this.#sessions.set(session.sessionId, session);
  }

  knows(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  /** Names the log that a session plays on, as the oracle does. */
  logOf(sessionId: string): string | undefined {
    const session = this.#sessions.get(sessionId);
    return session && `${session.operatorId}#${session.playerId}#${session.gameCode}`;
  }

  closed(what: string, atMs: number): void {
    const closings = this.#closings.get(what) ?? [];
    if ((closings.at(-1)?.untilMs ?? 0) <= atMs)
      closings.push({ fromMs: atMs, untilMs: Number.POSITIVE_INFINITY });
    this.#closings.set(what, closings);
  }

  opened(what: string, atMs: number): void {
    const last = this.#closings.get(what)?.at(-1);
    if (last) last.untilMs = atMs;
  }

  /** @param previous is the round before it in its log */
  appended(round: Round, previous: Round | undefined, writer: RunningInvocation, nowMs: number): void {
    this.#mayBegin('a closed session, operator or game begins no round', round, previous, writer, nowMs);
  }

  /** An intent has changed hands. @param before is the round as it was found, which is the newest of its log */
  changedHands(round: Round, before: Round, writer: RunningInvocation, nowMs: number): void {
    if (round.stakeMinor === 0n || writer.cause.kind !== 'request') return;
    if (round.status === 'INTENT')
      return this.#mayBegin('a paid round that was closed is not taken over', round, before, writer, nowMs);
    const closings = whatMayClose(round).flatMap((what) => this.#closings.get(what) ?? []);
    const wasClosed = closings.some(({ untilMs }) => untilMs >= writer.startedAtMs);
    this.#check(
      wasClosed || this.#ranOut(round.sessionId, before, writer.nowMs()),
      'a request abandons a round only where something was closed',
      () => `round ${name(round)} by ${writer.name}`,
    );
  }

  answered({ cause }: RunningInvocation, body: string): void {
    const { code } = JSON.parse(body) as { readonly code?: string };
    this.#check(
      cause.kind !== 'request' ||
        cause.request.route !== 'bonus' ||
        (code !== 'OPERATOR_DISABLED' && code !== 'GAME_DISABLED'),
      'a bonus that was won is played to its end, whatever was closed since',
      () => body,
    );
  }

  #mayBegin(
    rule: string,
    round: Round,
    newest: Round | undefined,
    writer: RunningInvocation,
    nowMs: number,
  ): void {
    // A process that reads the game as it was before does not know better.
    const concerned = whatMayClose(round).filter(
      (what) =>
        what === sessionOf(round) ||
        (round.stakeMinor > 0n && !(what.startsWith('game') && writer.wasOutdated)),
    );
    const closed = concerned.find((what) =>
      this.#closings.get(what)?.some(({ fromMs, untilMs }) => fromMs < writer.startedAtMs && untilMs > nowMs),
    );
    this.#check(closed === undefined, rule, () => `round ${name(round)} by ${writer.name}: ${closed}`);
    const startedByItsClockMs = writer.nowMs() - (nowMs - writer.startedAtMs);
    this.#check(
      !this.#ranOut(round.sessionId, newest, startedByItsClockMs),
      rule,
      () => `round ${name(round)} by ${writer.name}: its session had expired`,
    );
  }

  #ranOut(sessionId: string, newest: Round | undefined, nowMs: number): boolean {
    const session = this.#sessions.get(sessionId);
    if (!session) return false;
    const lastActiveAtMs = Math.max(session.createdAtMs, newest?.startedAtMs ?? 0);
    return nowMs >= session.expiresAtMs || nowMs - lastActiveAtMs >= MOST_IDLE_MS;
  }
}

export const operatorOf = (operatorId: string) => `operator ${operatorId}`;
export const gameOf = (gameCode: string) => `game ${gameCode}`;
const sessionOf = ({ sessionId }: { readonly sessionId: string }) => `session ${sessionId}`;

function whatMayClose(round: Round): readonly string[] {
  return [sessionOf(round), operatorOf(round.log.operatorId), gameOf(round.log.gameCode)];
}
