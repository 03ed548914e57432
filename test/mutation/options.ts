import { globSync } from 'node:fs';
import type { CommandLine } from '../../shared/command-line/command-line.ts';
import { oneOf, wholeNumber } from '../../shared/command-line/values.ts';
import { type MutationRow, rows } from './rooms.ts';

/** One row of the table, with the files that are to be mutated now. */
export interface Task {
  readonly row: MutationRow;
  readonly files: readonly string[];
}

/** A run mutates what is asked for, or everything where nothing is named. */
export interface Selection {
  readonly room: readonly string[];
  readonly file: readonly string[];
  readonly share: boolean;
}

/** The command `npm run test:mutation`. */
export const TEST_MUTATION = {
  command: 'npm run test:mutation --',
  summary:
    'Changes the code in one place at a time and runs the tests. A change that no test notices is a survivor.',
  arguments: {
    file: {
      help: 'Mutates these files only; shared/money/money.ts:10-20 stands for some lines.',
      optional: true,
      multiple: true,
      read: (file: string) => fileIn(rows, file),
    },
  },
  options: {
    room: {
      value: 'NAME',
      help: 'Mutates this room only.',
      multiple: true,
      read: oneOf(...rows.map(({ room }) => room)),
    },
    share: { help: 'Mutates only the rooms that .ci/run tries.' },
    incremental: { help: 'Uses what an earlier run has found, where a file and its tests are the same.' },
    concurrency: {
      value: 'N',
      help: 'How many mutants are tried at once.',
      read: wholeNumber(1, 64),
      default: '2',
    },
  },
  example: '--room money',
  notes: [
    'Each survivor is told by file and line. The exit code is 1 where a room has more of them than its threshold in',
    'test/mutation/rooms.ts allows.',
  ],
} as const satisfies CommandLine;

/** The rows that a selection names, each with its files. */
export function tasksOf({ room, file, share }: Selection, table: readonly MutationRow[] = rows): Task[] {
  return table
    .filter((row) => (room.length === 0 || room.includes(row.room)) && (!share || row.share))
    .map((row) => ({ row, files: filesOf(row.files) }))
    .map(({ row, files }) => ({ row, files: file.length === 0 ? files : filesAmong(files, file) }))
    .filter(({ files }) => files.length > 0);
}

/** @throws Error where a pattern names no file, which would be a hole in the table */
export function filesOf(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    const files = globSync(pattern, { exclude: ['**/*.{test,fixture}.ts', '**/*.d.ts'] });
    if (files.length === 0) throw new Error(`${pattern} in test/mutation/rooms.ts names no file`);
    return files.sort();
  });
}

/** @throws Error that says what is wanted */
export function fileIn(table: readonly MutationRow[], file: string): string {
  if (table.some((row) => filesAmong(filesOf(row.files), [file]).length > 0)) return file;
  throw new Error('a file of a room in test/mutation/rooms.ts');
}

function filesAmong(files: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((file) => files.includes(file.replace(/:\d+-\d+$/, '')));
}
