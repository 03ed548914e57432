import type { ArchivedRound, ArchivedRounds } from '../archive/archived-rounds.ts';
import type { OperatorId } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';

/** At most this many files of the archive are read at once. */
const FILES_AT_ONCE = 16;

export interface ArchivedLines {
  /** Has one line of each round that began in the period, by the id of the round. */
  readonly rounds: Map<string, ArchivedRound>;
  /** These lines say something else of a round that is in `rounds`. */
  readonly contradicting: readonly ArchivedRound[];
}

/**
 * Reads what the archive has of a period. A line that was written twice counts once.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE; FaultError CORRUPT_RECORD
 */
export async function readArchive(
  archive: ArchivedRounds,
  period: { readonly operatorId: OperatorId; readonly fromMs: number; readonly toMs: number },
  work: Workload,
): Promise<ArchivedLines> {
  const rounds = new Map<string, ArchivedRound>();
  const contradicting: ArchivedRound[] = [];
  for await (const files of archive.files(period)) {
    // A part of the list without a file is work as well.
    work.spend('files', 1 + files.length);
    for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
      const group = files.slice(from, from + FILES_AT_ONCE);
      const read = (await Promise.all(group.map((file) => archive.read(file)))).flat();
      work.spend('rounds', read.length);
      for (const round of read) {
        if (round.startedAtMs < period.fromMs || round.startedAtMs >= period.toMs) continue;
        const known = rounds.get(round.roundId);
        if (!known) rounds.set(round.roundId, round);
        else if (known.lineHash !== round.lineHash) contradicting.push(round);
      }
    }
  }
  return { rounds, contradicting };
}
