import { type Scenario, Table } from './table.ts';

export interface Finding {
  readonly violation: string;
  /** What happened, in order: no shorter way to it exists among the moves that are explored. */
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly finding: Finding | undefined;
}

interface ExploreOptions {
  readonly onProgress?: (states: number) => void;
  /** Where to stop looking; without it, at the last state. */
  readonly mostStates?: number;
}

/**
 * Visits every state that a scenario can reach, breadth first, so that the first violation has a shortest trace. A state
 * is reached again by making its moves again from the start: the real code cannot be copied in the middle of a call.
 */
export async function explore(
  scenario: Scenario,
  { onProgress, mostStates = Number.POSITIVE_INFINITY }: ExploreOptions = {},
): Promise<Exploration> {
  const seen = new Set<string>();
  let frontier: readonly (readonly number[])[] = [[]];
  while (frontier.length > 0 && seen.size < mostStates) {
    const next: (readonly number[])[] = [];
    for (const path of frontier) {
      const { table, trace } = await replay(scenario, path);
      const digest = await table.digest();
      if (seen.has(digest)) continue;
      seen.add(digest);
      if (seen.size % 1_000 === 0) onProgress?.(seen.size);
      const { length } = await table.moves();
      const finding = await check(scenario, path, table, trace);
      if (finding) return { states: seen.size, finding };
      for (let move = 0; move < length; move += 1) next.push([...path, move]);
    }
    frontier = next;
  }
  return { states: seen.size, finding: undefined };
}

async function replay(
  scenario: Scenario,
  path: readonly number[],
): Promise<{ table: Table; trace: string[] }> {
  const table = await Table.open(scenario);
  const trace: string[] = [];
  for (const index of path) {
    const move = (await table.moves())[index];
    if (!move) throw new Error('the code under test is not deterministic');
    trace.push(move.name);
    await move.make();
  }
  return { table, trace };
}

/** Consumes the table. */
async function check(
  scenario: Scenario,
  path: readonly number[],
  table: Table,
  trace: readonly string[],
): Promise<Finding | undefined> {
  const now = await table.violation();
  if (now) return { violation: now, trace };
  const late = table.world.late.length > 0;
  const ending = await table.endViolation(true);
  if (ending) return { violation: ending, trace: [...trace, 'what is late arrives, then recovery runs'] };
  if (!late) return undefined;
  const again = await (await replay(scenario, path)).table.endViolation(false);
  if (!again) return undefined;
  return { violation: again, trace: [...trace, 'recovery runs, then what is late arrives'] };
}
