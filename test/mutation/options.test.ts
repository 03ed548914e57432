import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpOf, readCommandLine } from '../../shared/command-line/command-line.ts';
import { fileIn, type Selection, TEST_MUTATION, tasksOf } from './options.ts';
import { type MutationRow, rows } from './rooms.ts';

const money = 'test/mutation/rooms.ts';
const table: MutationRow[] = [
  { room: 'one', files: ['test/mutation/{rooms,score}.ts'], tests: [], threshold: 95, share: true },
  { room: 'two/adapters', files: ['test/mutation/stryker.ts'], tests: [], threshold: 90 },
];
const everything: Selection = { room: [], file: [], share: false };
const selected = (selection: Partial<Selection> = {}) =>
  tasksOf({ ...everything, ...selection }, table).map(({ row, files }) => [row.room, ...files]);

describe('the table of rooms', () => {
  it('names files and tests that exist, none of them twice, and a threshold for each room', () => {
    const tasks = tasksOf(everything);
    expect(tasks).toHaveLength(rows.length);
    const files = tasks.flatMap((task) => task.files);
    expect(files.filter((file, index) => files.indexOf(file) !== index)).toEqual([]);
    expect(files.filter((file) => /\.(test|fixture)\.ts$/.test(file))).toEqual([]);
    const patterns = rows.flatMap(({ tests }) => tests);
    expect(patterns.filter((pattern) => globSync(pattern).length === 0)).toEqual([]);
    for (const { room, threshold } of rows) expect([room, threshold >= 90]).toEqual([room, true]);
  });

  it('has what decides about money in the share of each change', () => {
    const share = tasksOf({ ...everything, share: true }).flatMap(({ files }) => files);
    for (const name of ['money', 'round-transitions', 'session', 'reconciliation-totals'])
      expect(share.filter((file) => file.endsWith(`/${name}.ts`))).toHaveLength(1);
    expect(share.length).toBeLessThan(tasksOf(everything).flatMap(({ files }) => files).length);
  });
});

describe('a mutation run', () => {
  it('mutates every file of every room where none is named', () => {
    expect(selected()).toEqual([
      ['one', money, 'test/mutation/score.ts'],
      ['two/adapters', 'test/mutation/stryker.ts'],
    ]);
  });

  it('mutates one room, or the rooms of the share, or some lines of a file', () => {
    expect(selected({ room: ['two/adapters'] })).toEqual([['two/adapters', 'test/mutation/stryker.ts']]);
    expect(selected({ share: true })).toEqual([['one', money, 'test/mutation/score.ts']]);
    expect(selected({ file: [`${money}:10-20`] })).toEqual([['one', `${money}:10-20`]]);
  });

  it('takes no file and no room that the table does not have', () => {
    expect(fileIn(table, `${money}:10-20`)).toBe(`${money}:10-20`);
    expect(() => fileIn(table, 'test/mutation/run.ts')).toThrow('a file of a room');
    expect(() => readCommandLine(TEST_MUTATION, ['--room', 'nowhere'])).toThrow('--room is "nowhere"');
  });

  it('is refused where a pattern of the table names no file', () => {
    const broken: MutationRow[] = [{ room: 'one', files: ['shared/none/*.ts'], tests: [], threshold: 95 }];
    expect(() => tasksOf(everything, broken)).toThrow(
      'shared/none/*.ts in test/mutation/rooms.ts names no file',
    );
  });

  it('is explained with each of its options', () => {
    for (const word of ['FILE', '--room', '--share', '--incremental', '--concurrency'])
      expect(helpOf(TEST_MUTATION)).toContain(word);
  });
});
