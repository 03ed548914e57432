import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These files wait for what every process remembers for 30 seconds. They begin first, so that nothing waits for them. */
const LONGEST = ['engine-versions', 'realtime-games'];

/**
 * Mixes the files of `e2e`, which wait, with those of `unit-isolated`, which work. So the cores have work while others wait.
 */
export class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const {
      e2e = [],
      'unit-isolated': working = [],
      rest = [],
    } = Object.groupBy(await super.sort(files), ({ project: { name } }) =>
      name === 'e2e' || name === 'unit-isolated' ? name : 'rest',
    );
    const longest = e2e.filter(isLongest);
    return [
      ...rest,
      ...longest,
      ...mixed(
        e2e.filter((file) => !isLongest(file)),
        working,
      ),
    ];
  }
}

function isLongest({ moduleId }: TestSpecification): boolean {
  return LONGEST.some((name) => moduleId.endsWith(`/${name}.test.ts`));
}

/** Spreads the files that wait evenly over those that work. */
function mixed(
  waiting: readonly TestSpecification[],
  working: readonly TestSpecification[],
): TestSpecification[] {
  const each = Math.ceil(working.length / Math.max(1, waiting.length));
  const turns = Array.from({ length: Math.max(waiting.length, each && 1) }, (_, turn) => [
    ...waiting.slice(turn, turn + 1),
    ...working.slice(turn * each, (turn + 1) * each),
  ]);
  return turns.flat();
}
