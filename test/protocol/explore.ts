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

/** The last of the moves that led to a state, and the one before it. */
interface Step {
  readonly before: Step | undefined;
  readonly move: string;
}

interface Reached {
  readonly step: Step;
  readonly table: Table;
}

/** Visits every state that a scenario can reach, breadth first, so that the first violation has a shortest trace. */
export async function explore(
  scenario: Scenario,
  { onProgress, mostStates = Number.POSITIVE_INFINITY }: ExploreOptions = {},
): Promise<Exploration> {
  const table = await Table.open(scenario);
  const seen = new Set([await table.digest()]);
  let frontier: Reached[] = [{ step: { before: undefined, move: 'request comes' }, table }];
  while (frontier.length > 0 && seen.size < mostStates) {
    const next: Reached[] = [];
    for (const reached of frontier) {
      for await (const one of successors(reached)) {
        const digest = await one.table.digest();
        if (seen.has(digest)) continue;
        seen.add(digest);
        if (seen.size % 1_000 === 0) onProgress?.(seen.size);
        next.push(one);
      }
      const finding = await check(reached);
      if (finding) return { states: seen.size, finding };
    }
    frontier = next;
  }
  return { states: seen.size, finding: undefined };
}

async function* successors({ table, step }: Reached): AsyncGenerator<Reached> {
  const { length } = await table.moves();
  for (let index = 0; index < length; index += 1) {
    const copy = await table.copy();
    const move = (await copy.moves())[index];
    if (!move) throw new Error('the code under test is not deterministic');
    await move.make();
    yield { step: { before: step, move: move.name }, table: copy };
  }
}

/** Consumes the table of the state. */
async function check({ table, step }: Reached): Promise<Finding | undefined> {
  const now = await table.violation();
  if (now) return { violation: now, trace: traceTo(step) };
  const copy = table.world.late.length > 0 ? await table.copy() : undefined;
  const ending = await table.endViolation(true);
  if (ending) return { violation: ending, trace: traceTo(step, 'what is late arrives, then recovery runs') };
  const other = await copy?.endViolation(false);
  if (!other) return undefined;
  return { violation: other, trace: traceTo(step, 'recovery runs, then what is late arrives') };
}

function traceTo(last: Step, ...ending: readonly string[]): string[] {
  const moves: string[] = [];
  for (let step: Step | undefined = last; step; step = step.before) moves.unshift(step.move);
  return [...moves, ...ending];
}
