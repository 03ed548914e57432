import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Machine } from './machine.ts';

export interface LoadOptions {
  /** How long each level is measured, after its warm-up. */
  readonly seconds: number;
  /** How many play at once, a level each. */
  readonly levels: readonly number[];
  /** Ends in .json; the page and the picture are written beside it. */
  readonly reportFile: string;
}

const COMMITTED_REPORT = path.resolve(import.meta.dirname, '../../docs/load-report.json');

const SECONDS = '--seconds takes a whole number from 1 to 3600';
const PLAYERS = '--players takes numbers from 1 to 1000 with commas between them, such as 1,16,64';

const Options = z.object({
  seconds: z.coerce.number(SECONDS).int(SECONDS).min(1, SECONDS).max(3_600, SECONDS),
  players: z
    .string()
    .regex(/^\d{1,4}(?:,\d{1,4})*$/, PLAYERS)
    .transform((list) => list.split(',').map(Number))
    .pipe(z.array(z.number().min(1, PLAYERS).max(1_000, PLAYERS))),
  report: z.string().endsWith('.json', '--report takes a file that ends in .json'),
});

/** The committed figures are those of an idle machine. @throws Error in words for the user */
export function refuseOnBusyMachine({ reportFile }: LoadOptions, { cores, loadAverage }: Machine): void {
  if (reportFile !== COMMITTED_REPORT || loadAverage <= cores / 2) return;
  throw new Error(
    `The machine is busy: its load average is ${loadAverage}, on ${cores} cores. Wait until it is at most ${cores / 2}, or name another file with --report: docs/load-report.json is kept`,
  );
}

/** @throws Error in words for the user */
export function readOptions(words: readonly string[]): LoadOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: 'string', default: '20' },
      players: { type: 'string', default: '1,16,64' },
      report: { type: 'string', default: COMMITTED_REPORT },
    },
  });
  const options = Options.safeParse(values);
  if (!options.success) throw new Error(options.error.issues.map(({ message }) => message).join('; '));
  const { seconds, players, report } = options.data;
  return { seconds, levels: players, reportFile: path.resolve(report) };
}
