import { isDeepStrictEqual } from 'node:util';
import pMap from 'p-map';
import type { ArchivedLine, SoughtRound } from '../../shared/archive/adapters/find-archived-line.ts';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { assertFollows } from '../../shared/rounds/round-chain.ts';
import { isFinal, isInFlight, type Round } from '../../shared/rounds/round.ts';
import type { ReleaseObstacle } from './release-obstacles.ts';

const COMPARED_AT_ONCE = 8;

/** Somebody has changed the item, so only its key is known. */
export interface UnreadableItem {
  readonly status: 'UNREADABLE';
  /** It is 0 where the key is that of no round. */
  readonly number: number;
}

export type StoredRound = Round | UnreadableItem;

export interface FrozenRounds {
  /** Gives all rounds of the log, the newest first. */
  stored(): AsyncIterable<StoredRound>;
  archived(sought: SoughtRound): Promise<ArchivedLine | undefined>;
  laterArchived(than: Round, present: readonly number[]): Promise<RoundId | undefined>;
}

/** These rounds of a log decide whether it may be released. The others are final, and no recovery touches them. */
export interface OpenEnd {
  /** The newest two. The newest comes first. */
  readonly newest: readonly StoredRound[];
  /** All that cannot be read or are not final, below the newest two. */
  readonly older: readonly StoredRound[];
  readonly newestReadable: Round | undefined;
}

export interface FoundObstacle {
  readonly code: ReleaseObstacle;
  /** A person finds the obstacle there: the numbers of rounds, or the id of one that the ledger lacks. */
  readonly where: readonly (number | string)[];
}

export interface Comparison {
  readonly round: Round;
  readonly archive: 'same' | 'different' | 'none';
}

export interface LogCheck {
  readonly obstacles: readonly FoundObstacle[];
  /** These rounds were looked up in the archive. */
  readonly compared: readonly Comparison[];
}

export async function openEndOf(rounds: Pick<FrozenRounds, 'stored'>): Promise<OpenEnd> {
  const newest: StoredRound[] = [];
  const older: StoredRound[] = [];
  let newestReadable: Round | undefined;
  for await (const round of rounds.stored()) {
    if (isReadable(round)) newestReadable ??= round;
    if (newest.length < 2) newest.push(round);
    else if (!isReadable(round) || !isFinal(round)) older.push(round);
  }
  return { newest, older, newestReadable };
}

/** Says whether the same rounds are there in the same states. */
export function isSameEnd(one: OpenEnd, other: OpenEnd): boolean {
  const stateOf = (round: StoredRound) =>
    isReadable(round) ? { number: round.number, mac: round.mac } : { number: round.number };
  const statesOf = ({ newest, older }: OpenEnd) => [newest.map(stateOf), older.map(stateOf)];
  return isDeepStrictEqual(statesOf(one), statesOf(other));
}

/**
 * Compares the open rounds of a frozen log with the archive. A play that read the newest round before the log was frozen may
 * still append one meanwhile. The log has to be read again before its release.
 */
export async function checkLog(
  rounds: FrozenRounds,
  end: OpenEnd,
  { nowMs, isSearched }: { readonly nowMs: number; readonly isSearched: boolean },
): Promise<LogCheck> {
  const [newest, before] = end.newest;
  const older = end.older.filter(isReadable);
  const ofNewest = await comparedWith(rounds, end.newest.filter(isReadable));
  const ofOlder = await comparedWith(
    rounds,
    older.filter((round) => !isInFlight(round)),
  );
  const belowNewest = [...end.newest.slice(1).filter(isReadable), ...older];
  const later = isSearched ? await laterThan(rounds, end) : undefined;
  const found = {
    LOG_EMPTY: newest ? [] : ['no round'],
    NEWEST_ROUND_UNREADABLE: numbersOf(end.newest.filter((round) => !isReadable(round))),
    NEWEST_ROUND_DIFFERS: differing(ofNewest),
    NEWEST_ROUND_MISSING: later === undefined ? [] : [later],
    CHAIN_BROKEN: isNext(newest, before, nowMs) ? [] : numbersOf(end.newest),
    OLDER_ROUND_UNREADABLE: numbersOf(end.older.filter((round) => !isReadable(round))),
    OLDER_ROUND_IN_DOUBT: numbersOf(belowNewest.filter(isInFlight)),
    OLDER_ROUND_DIFFERS: differing(ofOlder),
  } satisfies Record<ReleaseObstacle, FoundObstacle['where']>;
  const obstacles = Object.entries(found).map(([code, where]) => ({ code: code as ReleaseObstacle, where }));
  return {
    obstacles: obstacles.filter(({ where }) => where.length > 0),
    compared: [...ofNewest, ...ofOlder],
  };
}

function comparedWith(rounds: FrozenRounds, chosen: readonly Round[]): Promise<Comparison[]> {
  return pMap(
    chosen,
    async (round): Promise<Comparison> => {
      const { log, roundId, startedAtMs } = round;
      const archived = await rounds.archived({ operatorId: log.operatorId, roundId, startedAtMs });
      if (!archived) return { round, archive: 'none' };
      const isSame = archived.line === JSON.stringify(archiveRecord(round));
      return { round, archive: isSame ? 'same' : 'different' };
    },
    { concurrency: COMPARED_AT_ONCE },
  );
}

/** Several rounds can have been deleted, and the archive need not have the first of them. An unreadable one is not missing. */
async function laterThan(rounds: FrozenRounds, end: OpenEnd): Promise<RoundId | undefined> {
  const { newest, older, newestReadable } = end;
  return newestReadable && rounds.laterArchived(newestReadable, numbersOf([...newest, ...older]));
}

/** Expired rounds are deleted in any order, as where the ledger reads the newest round for play. */
function isNext(newest: StoredRound | undefined, before: StoredRound | undefined, nowMs: number): boolean {
  if (!newest || !before || !isReadable(newest) || !isReadable(before)) return true;
  if (before.expiry && before.expiry.expiresAtMs <= nowMs) return true;
  try {
    assertFollows(newest, before);
    return true;
  } catch (error) {
    if (isCorrupt(error)) return false;
    throw error;
  }
}

function isReadable(round: StoredRound): round is Round {
  return round.status !== 'UNREADABLE';
}

function numbersOf(rounds: readonly StoredRound[]): number[] {
  return rounds.map(({ number }) => number);
}

function differing(compared: readonly Comparison[]): number[] {
  return numbersOf(compared.filter(({ archive }) => archive === 'different').map(({ round }) => round));
}
