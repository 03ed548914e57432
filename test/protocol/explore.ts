import type { Scenario } from './scenario.ts';
import { Table } from './table.ts';

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
  /** The digest of the table's world. */
  readonly world: string;
}

/** Visits every state that a scenario can reach, breadth first, so that the first violation has a shortest trace. */
export async function explore(
  scenario: Scenario,
  { onProgress, mostStates = Number.POSITIVE_INFINITY }: ExploreOptions = {},
): Promise<Exploration> {
  const table = await Table.open(scenario);
  const { world, whole } = await table.digest();
  const seen = new Set([whole]);
  const sound = new Set<string>();
  let frontier: Reached[] = [{ step: { before: undefined, move: 'request comes' }, table, world }];
  while (frontier.length > 0 && seen.size < mostStates) {
    const next: Reached[] = [];
    for (const reached of frontier) {
      for (const move of await reached.table.moves()) {
        const copy = reached.table.copy();
        await move.make(copy);
        const digest = await copy.digest();
        if (seen.has(digest.whole)) continue;
        seen.add(digest.whole);
        if (seen.size % 1_000 === 0) onProgress?.(seen.size);
        next.push({ step: { before: reached.step, move: move.name }, table: copy, world: digest.world });
      }
      const finding = await check(reached, sound);
      if (finding) return { states: seen.size, finding };
    }
    frontier = next;
  }
  return { states: seen.size, finding: undefined };
}

/**
 * Looks at the state, and at how it ends where nothing fails any more. That depends on the world alone.
 * @param sound has the digests of the worlds in which nothing was wrong
 */
async function check({ table, step, world }: Reached, sound: Set<string>): Promise<Finding | undefined> {
  if (sound.has(world)) return undefined;
  const now = table.violation();
  if (now) return { violation: now, trace: traceTo(step) };
  const ending = await table.copy().endViolation(true);
  if (ending) return { violation: ending, trace: traceTo(step, 'what is late arrives, then recovery runs') };
  const other = table.world.late.length > 0 && (await table.copy().endViolation(false));
  if (other) return { violation: other, trace: traceTo(step, 'recovery runs, then what is late arrives') };
  sound.add(world);
  return undefined;
}

function traceTo(last: Step, ...ending: readonly string[]): string[] {
  const moves: string[] = [];
  for (let step: Step | undefined = last; step; step = step.before) moves.unshift(step.move);
  return [...moves, ...ending];
}
