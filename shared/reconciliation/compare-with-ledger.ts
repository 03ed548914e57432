import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { OperatorId } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import type { ListedRound, RoundPages } from '../rounds/ledger.ts';
import { aboutLines, type Finding, type FindingKind } from './findings.ts';
import { readable } from './log-gaps.ts';
import type { ArchivedLines } from './read-archive.ts';

const PAGE_ROUNDS = 100;
/** So many logs are read at once. */
const LOGS_AT_ONCE = 8;

/**
 * Compares the archive's lines of a period with the rounds that the ledger still has. A round that is final never changes,
 * so whatever differs was written by somebody else. A round that has left the ledger is no finding.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function compareWithLedger(
  pages: RoundPages,
  operatorId: OperatorId,
  { rounds, contradicting }: ArchivedLines,
  work: Workload,
): Promise<Finding[]> {
  const logs = [
    ...Map.groupBy(rounds.values(), ({ playerId, gameCode }) => `${playerId}#${gameCode}`).values(),
  ];
  const findings: Finding[] = [];
  for (let from = 0; from < logs.length; from += LOGS_AT_ONCE) {
    const group = logs.slice(from, from + LOGS_AT_ONCE);
    const found = await Promise.all(group.map((members) => compareLog(pages, operatorId, members, work)));
    findings.push(...found.flat());
  }
  const contradicted = new Set<string>(contradicting.map(({ roundId }) => roundId));
  // Two lines that differ have a finding already, and the ledger cannot be like both.
  return findings.filter(
    ({ kind, roundIds }) => kind !== 'CHANGED_RECORD' || !roundIds.some((id) => contradicted.has(id)),
  );
}

/** Each page begins with the newest line that is not compared yet, so a forged number costs one page at most. */
async function compareLog(
  pages: RoundPages,
  operatorId: OperatorId,
  lines: readonly ArchivedRound[],
  work: Workload,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set(lines.map(({ roundId }) => roundId));
  let left = lines.toSorted((one, other) => other.number - one.number);
  for (let [newest] = left; newest; [newest] = left) {
    // The rounds were counted when they were read from the archive. This only watches the time.
    work.spend('rounds', 0);
    const log = { operatorId, playerId: newest.playerId, gameCode: newest.gameCode };
    const limit = Math.min(PAGE_ROUNDS, newest.number - (left.at(-1)?.number ?? 0) + 1);
    const page = await readable(pages.list(log, { beforeNumber: newest.number + 1, limit }));
    if (page === 'unreadable') return [...findings, aboutLines('UNREADABLE_RECORD', log, newest)];
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

function idsOf({ roundId }: ArchivedRound, stored: ListedRound | undefined): string[] {
  return stored && 'roundId' in stored ? [...new Set([roundId, stored.roundId])] : [roundId];
}

/** A line that the ledger did not sign has a finding of its own, and so has a round that is in the archive, too. */
function kindOf(
  line: ArchivedRound,
  stored: ListedRound | undefined,
  known: ReadonlySet<string>,
): FindingKind | undefined {
  if (!stored) return undefined;
  if (stored.status === 'UNREADABLE') return 'UNREADABLE_RECORD';
  if (!line.isAuthentic) return undefined;
  if (stored.roundId !== line.roundId) return known.has(stored.roundId) ? undefined : 'REPEATED_NUMBER';
  return Buffer.from(stored.mac).toString('base64') === line.mac ? undefined : 'CHANGED_RECORD';
}
