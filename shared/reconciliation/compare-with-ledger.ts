import pMap from 'p-map';
import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { OperatorId, RoundLog } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import type { ListedRound, RoundPages } from '../rounds/ledger.ts';
import { aboutLines, type Finding, type FindingKind, withoutLines } from './findings.ts';
import type { ArchivedLines } from './read-archive.ts';

const PAGE_ROUNDS = 100;
/** The comparison reads this many logs at once. The pages of all of them are in memory together. */
const LOGS_AT_ONCE = 8;

/**
 * Compares the archive's lines of a period with the rounds that the ledger still has. A round that is final never changes,
 * so whatever differs was written by somebody else. Each round of the period is still kept, because older periods are
 * refused. An unreadable round above all lines is a finding, too.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function compareWithLedger(
  pages: RoundPages,
  operatorId: OperatorId,
  { rounds, contradicting }: ArchivedLines,
  work: Workload,
): Promise<Finding[]> {
  const logs = Map.groupBy(rounds.values(), ({ playerId, gameCode }) => `${playerId}#${gameCode}`).values();
  const compare = (lines: readonly ArchivedRound[]) => compareLog(pages, operatorId, lines, work);
  const found = await pMap(logs, compare, { concurrency: LOGS_AT_ONCE });
  const contradicted = new Set<string>(contradicting.map(({ roundId }) => roundId));
  // Two lines that differ have a finding already, and the ledger cannot be like both.
  return found
    .flat()
    .filter(
      ({ kind, roundIds }) => kind !== 'CHANGED_RECORD' || !roundIds.some((id) => contradicted.has(id)),
    );
}

/**
 * The first page begins with the newest round of the log. Each further page begins with the newest line that is not
 * compared yet, so a forged number costs one page at most.
 */
async function compareLog(
  pages: RoundPages,
  operatorId: OperatorId,
  lines: readonly ArchivedRound[],
  work: Workload,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set(lines.map(({ roundId }) => roundId));
  let left = lines.toSorted((one, other) => other.number - one.number);
  for (let [newest] = left, isTop = true; newest; [newest] = left, isTop = false) {
    // The rounds were counted when they were read from the archive. This only watches the time.
    work.spend('rounds', 0);
    const log = { operatorId, playerId: newest.playerId, gameCode: newest.gameCode };
    const span = newest.number - (left.at(-1)?.number ?? 0) + 1;
    // One round more shows what somebody has put above the newest line.
    const limit = Math.min(PAGE_ROUNDS, isTop ? span + 1 : span);
    const page = await pages.list(log, isTop ? { limit } : { beforeNumber: newest.number + 1, limit });
    if (isTop) findings.push(...unreadableAbove(newest, log, page));
    const stored = new Map(page.map((round) => [round.number, round]));
    const last = page.length < limit ? 1 : (page.at(-1)?.number ?? 1);
    for (const line of left.filter(({ number }) => number >= last)) {
      const found = stored.get(line.number);
      const kind = kindOf(line, found, known);
      if (kind) findings.push({ ...aboutLines(kind, log, line), roundIds: idsOf(line, found) });
    }
    left = left.filter(({ number }) => number < last);
  }
  return findings;
}

/** The next period has the readable ones. Those between two lines are found where the gap is looked up. */
function unreadableAbove(newest: ArchivedRound, log: RoundLog, page: readonly ListedRound[]): Finding[] {
  return page
    .filter(({ number, status }) => number > newest.number && status === 'UNREADABLE')
    .map(({ number }) => withoutLines('UNREADABLE_RECORD', log, [number, number]));
}

function idsOf({ roundId }: ArchivedRound, stored: ListedRound | undefined): string[] {
  return stored && 'roundId' in stored ? [...new Set([roundId, stored.roundId])] : [roundId];
}

/** A line that the ledger did not sign has a finding of its own, and so has a round that is in the archive, too. */
function kindOf(
  line: ArchivedRound,
  stored: ListedRound | undefined,
  known: ReadonlySet<string>,
): FindingKind | undefined {
  if (stored?.status === 'UNREADABLE') return 'UNREADABLE_RECORD';
  if (!line.isAuthentic) return undefined;
  if (!stored) return 'MISSING_RECORD';
  if (stored.roundId !== line.roundId) return known.has(stored.roundId) ? undefined : 'REPEATED_NUMBER';
  return Buffer.from(stored.mac).toString('base64') === line.mac ? undefined : 'CHANGED_RECORD';
}
