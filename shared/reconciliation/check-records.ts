import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { OperatorId, RoundLog } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import { type AccountedRound, accountedRound } from '../rounds/accounted-round.ts';
import { isFinal } from '../rounds/round.ts';
import { aboutLines, contradiction, type Finding, withoutLines } from './findings.ts';
import { type Gap, type GapLedger, missingRanges, numbersInGap } from './log-gaps.ts';
import type { ArchivedLines } from './read-archive.ts';

/** The last round of each log that was checked. A period goes on from here where the one before it ended. */
export type LogEnds = Map<string, LogEnd>;
type LogEnd = Pick<ArchivedRound, 'number' | 'roundId' | 'file' | 'intentMac'>;

export interface RecordCheck {
  readonly operatorId: OperatorId;
  readonly fromMs: number;
  readonly toMs: number;
  /** A round that ended later may not be in the archive yet. */
  readonly archivedUntilMs: number;
  readonly ends: LogEnds;
  readonly work: Workload;
}

/** The first round of a log follows no other. */
const NO_MAC = '';

export interface CheckedRecords {
  readonly findings: readonly Finding[];
  /** The archive lacks these rounds of the period between others, and the ledger has them. */
  readonly unarchived: readonly AccountedRound[];
}

/**
 * Checks the archive's lines of a period against each other. Each round has one content, which the ledger signed. The
 * numbers of each log have neither gaps nor repeats. Each intent names the one before it. The check goes on from `ends`, and leaves the ends of this period there.
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
    const log = logOf(check, line);
    if (other) findings.push(contradiction(log, other, line));
    if (!line.isAuthentic) findings.push(aboutLines('WRONG_MAC', log, line));
  }
  const gaps: Gap[] = [];
  for (const [name, members] of Map.groupBy(rounds.values(), nameOf)) {
    const [member] = members;
    if (!member) continue;
    const log = logOf(check, member);
    const inOrder = members.toSorted((one, other) => one.number - other.number);
    let before = check.ends.get(name);
    for (const line of inOrder) {
      findings.push(...findingsOf(log, line, before));
      if (before && line.number > before.number + 1)
        gaps.push({ log, firstNumber: before.number + 1, lastNumber: line.number - 1 });
      // Clocks differ, so the period before may have ended with a later number.
      if (!before || line.number >= before.number) before = line;
    }
    keepEnd(check.ends, name, before);
  }
  const unarchived: AccountedRound[] = [];
  for (const gap of gaps) {
    const checked = await checkGap(ledger, gap, check);
    findings.push(...checked.findings);
    unarchived.push(...checked.unarchived);
  }
  return { findings, unarchived };
}

function findingsOf(log: RoundLog, line: ArchivedRound, before: LogEnd | undefined): Finding[] {
  const findings = line.isAuthentic ? [] : [aboutLines('WRONG_MAC', log, line)];
  if (before?.number === line.number) findings.push(contradiction(log, before, line));
  const isFirst = line.number === 1;
  const isNext = before?.number === line.number - 1;
  const named = isFirst ? NO_MAC : before?.intentMac;
  if ((isFirst || isNext) && line.previousIntentMac !== named)
    findings.push(aboutLines('BROKEN_CHAIN', log, line, ...(isNext && before ? [before] : [])));
  return findings;
}

/** A round that is not final, or that began in another period, is rightly not among the lines of this one. */
async function checkGap(
  ledger: GapLedger,
  gap: Gap,
  { fromMs, toMs, archivedUntilMs, work }: RecordCheck,
): Promise<CheckedRecords> {
  const { log } = gap;
  const { rounds, unreadable } = await numbersInGap(ledger, gap, work);
  const ofPeriod = rounds.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs);
  const lost = ofPeriod.filter((round) => isFinal(round) && round.updatedAtMs < archivedUntilMs);
  const found = [...rounds.map(({ number }) => number), ...unreadable];
  return {
    findings: [
      ...missingRanges(gap, found).map((range) => withoutLines('MISSING_RECORD', log, range)),
      ...lost.map(({ number, roundId }) => withoutLines('MISSING_RECORD', log, [number, number], [roundId])),
      ...unreadable.map((number) => withoutLines('UNREADABLE_RECORD', log, [number, number])),
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
  if (!last) return;
  const { number, roundId, file, intentMac } = last;
  ends.set(name, { number, roundId, file, intentMac });
}
