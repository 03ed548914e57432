import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FLOORS } from '../../oxlint.config.ts';
import { page, ROOT, tableUnder } from './pages.ts';

const told = tableUnder(page('README.md'), 'The rooms of `shared/`').map(([room]) => room);

it('the README has every room of shared/, from the ground up', () => {
  expect(told).toEqual(FLOORS.flat());
});

it('every room of the README is a folder of shared/', () => {
  const folders = readdirSync(path.join(ROOT, 'shared'));
  expect(told.filter((room = '') => !folders.includes(room))).toEqual([]);
});
