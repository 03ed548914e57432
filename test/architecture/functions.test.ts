import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FUNCTIONS } from '../../functions/functions.ts';

const functions = path.resolve(import.meta.dirname, '../../functions');
const folders = globSync('[a-z]*/*/handler.ts', { cwd: functions }).map((handler) => path.dirname(handler));

it('the table of functions has each handler, under the name of its folder', async () => {
  const entries = await Promise.all(
    folders.map(async (folder) => {
      const [entry] = Object.values(await import(path.join(functions, folder, 'function.ts')));
      return { folder: path.basename(folder), entry: entry as (typeof FUNCTIONS)[number] };
    }),
  );
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter(({ folder, entry }) => entry.name !== folder)).toEqual([]);
  expect(new Set(FUNCTIONS)).toEqual(new Set(entries.map(({ entry }) => entry)));
  expect(FUNCTIONS).toHaveLength(entries.length);
});

it.each(folders)('the handler of %s has fewer than 40 lines', (folder) => {
  const lines = readFileSync(path.join(functions, folder, 'handler.ts'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeLessThan(40);
});
