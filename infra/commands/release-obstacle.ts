import type { ArchivedLine, SoughtRound } from '../../shared/archive/adapters/find-archived-line.ts';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import { assertFollows } from '../../shared/rounds/round-chain.ts';
import { roundIdOf } from '../../shared/rounds/round-address.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { ReleaseObstacle } from './release-obstacles.ts';

const DAY_MS = 86_400_000;

export interface NewestRounds {
  /** Gives the newest two of the log, the newest first. */
  newest(): Promise<readonly (Round | 'unreadable')[]>;
  archived(sought: SoughtRound): Promise<ArchivedLine | undefined>;
}

/** Compares the end of a frozen log with the archive. Nobody has played on the log since it was frozen. */
export async function releaseObstacle(
  rounds: NewestRounds,
  { frozenAtMs, nowMs }: { readonly frozenAtMs: number; readonly nowMs: number },
): Promise<ReleaseObstacle | undefined> {
  const stored = await rounds.newest();
  const readable = stored.filter((round) => round !== 'unreadable');
  if (readable.length < stored.length) return 'NEWEST_ROUND_UNREADABLE';
  const [newest, before] = readable;
  if (!newest || !isNext(newest, before, nowMs)) return 'NEWEST_ROUND_MISSING';
  for (const round of readable) {
    const line = await rounds.archived({ ...placeOf(round), startedAtMs: round.startedAtMs });
    if (line && line.line !== JSON.stringify(archiveRecord(round))) return 'NEWEST_ROUND_DIFFERS';
  }
  return (await isFollowed(rounds, newest, frozenAtMs)) ? 'NEWEST_ROUND_MISSING' : undefined;
}

/** Expired rounds are deleted in any order, as where the ledger reads the newest round for play. */
function isNext(newest: Round, before: Round | undefined, nowMs: number): boolean {
  if (!before || (before.expiry && before.expiry.expiresAtMs <= nowMs)) return true;
  try {
    assertFollows(newest, before);
    return true;
  } catch (error) {
    if (isCorrupt(error)) return false;
    throw error;
  }
}

/** A later round can have begun on any day until the log was frozen, and its id tells the day. */
async function isFollowed(rounds: NewestRounds, newest: Round, frozenAtMs: number): Promise<boolean> {
  const { log, number, startedAtMs } = newest;
  for (let atMs = startedAtMs - (startedAtMs % DAY_MS); atMs <= frozenAtMs; atMs += DAY_MS) {
    const roundId = roundIdOf(log, number + 1, atMs);
    if (await rounds.archived({ operatorId: log.operatorId, roundId })) return true;
  }
  return false;
}

function placeOf({ log, roundId }: Round) {
  return { operatorId: log.operatorId, roundId };
}
