import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { OperatorId, RoundLog } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import { type AccountedRound, accountedRound } from '../rounds/accounted-round.ts';
import { isFinal } from '../rounds/round.ts';
import { contradiction, type Finding, missing } from './findings.ts';
import { type Gap, type GapLedger, missingRanges, roundsInGap } from './log-gaps.ts';
import type { ArchivedLines } from './read-archive.ts';

/** The last round of each log that was checked. A period goes on from here where the one before it ended. */
export type LogEnds = Map<string, LogEnd>;
type LogEnd = Pick<ArchivedRound, 'number' | 'roundId' | 'file'>;

export interface RecordCheck {
  readonly operatorId: OperatorId;
  readonly fromMs: number;
  readonly toMs: number;
  /** A round that ended later may not be in the archive yet. */
  readonly archivedUntilMs: number;
  readonly ends: LogEnds;
  readonly work: Workload;
}

export interface CheckedRecords {
  readonly findings: readonly Finding[];
  /** The archive lacks these rounds of the period between others, and the ledger has them. */
  readonly unarchived: readonly AccountedRound[];
}

/**
 * Checks the archive's lines of a period against each other. Each round has one content, and the numbers of each log have
 * neither gaps nor repeats. The check goes on from `ends`, and leaves the ends of this period there.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function checkRecords(
  ledger: GapLedger,
  { rounds, contradicting }: ArchivedLines,
  check: RecordCheck,
): Promise<CheckedRecords> {
  const findings: Finding[] = [];
  for (const line of contradicting) {
    const other = rounds.get(line.roundId);
    if (other) findings.push(contradiction(logOf(check, line), other, line));
  }
  const gaps: Gap[] = [];
  for (const [name, members] of Map.groupBy(rounds.values(), nameOf)) {
    const [member] = members;
    if (!member) continue;
    const log = logOf(check, member);
    const end = check.ends.get(name);
    const inOrder = [...(end ? [end] : []), ...members].sort((one, other) => one.number - other.number);
    for (const [one, other] of pairs(inOrder)) {
      if (one.number === other.number) findings.push(contradiction(log, one, other));
      if (other.number > one.number + 1)
        gaps.push({ log, firstNumber: one.number + 1, lastNumber: other.number - 1 });
    }
    keepEnd(check.ends, name, inOrder.at(-1));
  }
  const unarchived: AccountedRound[] = [];
  for (const gap of gaps) {
    const checked = await checkGap(ledger, gap, check);
    findings.push(...checked.findings);
    unarchived.push(...checked.unarchived);
  }
  return { findings, unarchived };
}

/** A round that is not final, or that began in another period, is rightly not among the lines of this one. */
async function checkGap(
  ledger: GapLedger,
  gap: Gap,
  { fromMs, toMs, archivedUntilMs, work }: RecordCheck,
): Promise<CheckedRecords> {
  const { log } = gap;
  const found = await roundsInGap(ledger, gap, work);
  const ofPeriod = found.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs);
  const lost = ofPeriod.filter((round) => isFinal(round) && round.updatedAtMs < archivedUntilMs);
  return {
    findings: [
      ...missingRanges(gap, found).map(([first, last]) => missing(log, first, last)),
      ...lost.map(({ number, roundId }) => missing(log, number, number, [roundId])),
    ],
    unarchived: ofPeriod.map(accountedRound),
  };
}

function nameOf({ playerId, gameCode }: ArchivedRound): string {
  return `${playerId}#${gameCode}`;
}

function logOf({ operatorId }: RecordCheck, { playerId, gameCode }: ArchivedRound): RoundLog {
  return { operatorId, playerId, gameCode };
}

/** A copy keeps the whole line from staying in memory. */
function keepEnd(ends: LogEnds, name: string, last: LogEnd | undefined): void {
  if (last) ends.set(name, { number: last.number, roundId: last.roundId, file: last.file });
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).flatMap((item, index) => {
    const before = items[index];
    return before === undefined ? [] : [[before, item]];
  });
}
