import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Tally } from '../../shared/simulation/tally.ts';
import * as maths from '../../engines/happy-panda/assembly/maths.ts';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('./happy-panda.c', import.meta.url));
const COMPILERS = ['cc', 'gcc', 'clang'];

export interface NativeRun {
  readonly nanoseconds: number;
  /** In the order of the program's output, which is that of a tally's fields. */
  readonly counters: readonly bigint[];
}

export interface NativeProgram {
  /** Name and version, as it tells them. */
  readonly compiler: string;
  simulate(seed: Uint8Array, first: bigint, rounds: number): Promise<NativeRun>;
  remove(): Promise<void>;
}

/**
 * Happy Panda in C, compiled with -O3 for this machine. Undefined where there is no compiler.
 * @throws Error where it does not compile
 */
export async function compileNative(tally: Tally): Promise<NativeProgram | undefined> {
  const compiler = await findCompiler();
  if (!compiler) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-engines-'));
  const program = path.join(folder, 'happy-panda');
  await writeFile(path.join(folder, 'maths.h'), header(tally));
  try {
    await run(compiler.command, ['-O3', '-I', folder, '-o', program, SOURCE]);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  return {
    compiler: compiler.version,
    simulate: async (seed, first, rounds) => {
      const hex = Buffer.from(seed).toString('hex');
      const { stdout } = await run(program, [hex, String(first), String(rounds)]);
      const [nanoseconds = 0n, ...counters] = stdout.trim().split(' ').map(BigInt);
      return { nanoseconds: Number(nanoseconds), counters };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Lists the counters of a tally as the C program prints them. */
export function countersOf(tally: Tally): readonly bigint[] {
  const { hits, bonuses, bonusSteps, basePayout, bonusPayout, maxWin, histogram } = tally;
  return [
    hits,
    bonuses,
    bonusSteps,
    basePayout,
    bonusPayout,
    maxWin,
    ...histogram.map(({ rounds }) => rounds),
  ];
}

async function findCompiler(): Promise<{ command: string; version: string } | undefined> {
  for (const command of COMPILERS) {
    try {
      const { stdout } = await run(command, ['--version']);
      return { command, version: stdout.split('\n')[0] ?? command };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

function header({ histogram }: Tally): string {
  const { BASE_REELS, FREE_REELS, LINES, LINE_PAYS, ROWS, SCATTER_PAYS, SYMBOLS } = maths;
  const sets = [BASE_REELS, FREE_REELS];
  const longest = Math.max(...sets.flat().map(({ length }) => length)) + ROWS - 1;
  const strip = (text: string) =>
    list(
      Array.from({ length: text.length + ROWS - 1 }, (_, stop) =>
        SYMBOLS.indexOf(text.charAt(stop % text.length)),
      ),
    );
  const cellsOf = (line: string) => list(line.split('').map((row, reel) => reel * ROWS + Number(row)));
  const constants = {
    ROWS,
    REELS: BASE_REELS.length,
    LINES: LINES.length,
    SYMBOLS: SYMBOLS.length,
    WILD: maths.WILD,
    SCATTER: maths.SCATTER,
    SCATTERS_TO_TRIGGER: maths.SCATTERS_TO_TRIGGER,
    FREE_SPINS: maths.FREE_SPINS,
    MORE_FREE_SPINS: maths.MORE_FREE_SPINS,
    MAX_RETRIGGERS: maths.MAX_RETRIGGERS,
    FIRST_MULTIPLIER: maths.FIRST_MULTIPLIER,
    LINE_BET_MILLIONTHS: maths.LINE_BET_MILLIONTHS,
    BUCKETS: histogram.length,
  };
  return [
    ...Object.entries(constants).map(([name, value]) => `#define ${name} ${value}`),
    `static const uint32_t lengths[2][REELS] = ${list(sets.map((reels) => list(reels.map(({ length }) => length))))};`,
    `static const uint8_t strips[2][REELS][${longest}] = ${list(sets.map((reels) => list(reels.map(strip))))};`,
    `static const uint8_t line_cells[LINES][REELS] = ${list(LINES.map(cellsOf))};`,
    `static const int pays[SYMBOLS][REELS + 1] = ${list(LINE_PAYS.map((byRun) => list([0, ...byRun])))};`,
    `static const int scatter_pays[] = ${list(SCATTER_PAYS)};`,
    `static const uint64_t bucket_starts[BUCKETS] = ${list(histogram.map(({ fromMillionths }) => `${fromMillionths}ull`))};`,
    '',
  ].join('\n');
}

function list(items: readonly (string | number)[]): string {
  return `{${items.join(', ')}}`;
}
