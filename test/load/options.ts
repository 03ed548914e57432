import path from 'node:path';
import type { CommandLine } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/values.ts';
import type { Machine } from './machine.ts';

export interface LoadOptions {
  /** How long each level is measured, after its warm-up. */
  readonly seconds: number;
  /** How many players play at once, one number for each level. */
  readonly levels: readonly number[];
  /** The name ends in .json. The page and the picture are written beside it. */
  readonly reportFile: string;
}

const COMMITTED_REPORT = path.resolve(import.meta.dirname, '../../docs/load-report.json');

/** The committed figures are those of an idle machine. @throws Error in words for the user */
export function refuseOnBusyMachine({ reportFile }: LoadOptions, { cores, loadAverage }: Machine): void {
  if (reportFile !== COMMITTED_REPORT || loadAverage <= cores / 2) return;
  throw new Error(
    `The machine is busy: its load average is ${loadAverage}, on ${cores} cores. Wait until it is at most ${cores / 2}, or name another file with --report: docs/load-report.json is kept`,
  );
}

function playersOf(text: string): readonly number[] {
  const levels = /^\d{1,4}(?:,\d{1,4})*$/.test(text) ? text.split(',').map(Number) : [];
  if (levels.length > 0 && levels.every((players) => players >= 1 && players <= 1_000)) return levels;
  throw new Error('numbers from 1 to 1000 with commas between them, such as 1,16,64');
}

function reportFileOf(file: string): string {
  if (file.endsWith('.json')) return path.resolve(file);
  throw new Error('a file that ends in .json');
}

/** The command `npm run bench:load`. */
export const BENCH_LOAD = {
  command: 'npm run bench:load --',
  summary: 'Plays a local stack as fast as it answers, checks every sum, and writes the report.',
  options: {
    seconds: {
      value: 'N',
      help: 'How long each level is measured, after its warm-up.',
      read: wholeNumber(1, 3_600),
      default: '20',
    },
    players: {
      value: 'LIST',
      help: 'How many play at once, a level each.',
      read: playersOf,
      default: '1,16,64',
    },
    report: {
      value: 'FILE',
      help: 'The report, in JSON; the page and the picture are written beside it.',
      read: reportFileOf,
      default: path.relative(process.cwd(), COMMITTED_REPORT),
    },
  },
  example: '--seconds 5 --players 2 --report /tmp/load-report.json',
} as const satisfies CommandLine;

export function loadOptionsOf(values: {
  readonly seconds: number;
  readonly players: readonly number[];
  readonly report: string;
}): LoadOptions {
  const { seconds, players: levels, report: reportFile } = values;
  return { seconds, levels, reportFile };
}
