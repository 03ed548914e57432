import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FLOORS } from '../../oxlint.config.ts';
import { page, ROOT, tableUnder } from './pages.ts';

const told = tableUnder(page('README.md'), 'The rooms of `shared/`').map(([room]) => room);

it('the README has every room of shared/, from the ground up', () => {
  expect(told).toEqual(FLOORS.flat());
});

it('shared/ has the rooms of the README and nothing else', () => {
  const folders = readdirSync(path.join(ROOT, 'shared'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(new Set(folders)).toEqual(new Set(told));
});
