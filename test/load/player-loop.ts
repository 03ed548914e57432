import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem, RoundResponse } from '../../functions/_api/responses.ts';
import { minor, type Player, type Reply } from '../e2e/client.ts';
import { nowMs } from './clock.ts';

/** A round that its player was told of. Times are those of clock.ts. */
export interface AnsweredRound {
  readonly roundId: string;
  readonly winMinor: bigint;
  readonly balanceMinor: bigint;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Tells what one player did, in order. */
export interface Played {
  readonly player: Player;
  readonly rounds: AnsweredRound[];
  /** Every reply but 200, by status and code. */
  readonly refusals: Map<string, number>;
  /** Whether the last request was given up without an answer. */
  unanswered: boolean;
}

/** A request that is not answered is given up this long after the end. */
const GIVE_UP_AFTER_MS = 60_000;
/** Where a refusal does not say how long to wait. */
const PAUSE_MS = 100;

/**
 * Plays one round after the other: the next request goes out when the answer to the one before it has come. A request that
 * may succeed later is sent again with its key, as docs/api.md tells clients. Its time counts from the first attempt.
 */
export async function playUntil(player: Player, endsAtMs: number, onRound: () => void): Promise<Played> {
  const played: Played = { player, rounds: [], refusals: new Map(), unanswered: false };
  while (nowMs() < endsAtMs && !played.unanswered) {
    const startedAtMs = nowMs();
    const reply = await askUntilAnswered(played, randomUUID(), endsAtMs + GIVE_UP_AFTER_MS);
    if (reply?.status !== 200) continue;
    const endedAtMs = nowMs();
    const told = RoundResponse.parse(reply.json);
    player.bonusActive = told.bonus_active;
    const [winMinor, balanceMinor] = [minor(told.win_amount), minor(told.balance)];
    played.rounds.push({ roundId: told.round_id, winMinor, balanceMinor, startedAtMs, endedAtMs });
    onRound();
  }
  return played;
}

/** The answer that settles the request. Undefined where there was none in time. */
async function askUntilAnswered(played: Played, key: string, giveUpAtMs: number): Promise<Reply | undefined> {
  const { player, refusals } = played;
  while (nowMs() < giveUpAtMs) {
    const reply = await (player.bonusActive ? player.bonus(key) : player.spin({ key })).catch(
      () => undefined,
    );
    if (reply?.status === 200) return reply;
    const problem = Problem.safeParse(reply?.json).data;
    const name = reply ? `${reply.status} ${problem?.code ?? 'without a code'}` : 'no reply';
    refusals.set(name, (refusals.get(name) ?? 0) + 1);
    if (problem && !problem.retryable) return reply;
    const seconds = Number(reply?.headers.get('retry-after') ?? 0);
    await pause(seconds * 1_000 || PAUSE_MS);
  }
  played.unanswered = true;
  return undefined;
}
