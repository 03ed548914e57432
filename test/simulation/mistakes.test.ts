import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mistakes, planted } from './mistakes.ts';

const ROOT = join(import.meta.dirname, '../..');

it.each(mistakes)('The source that the planted mistake %s changes is in its file exactly once', (mistake) => {
  const { file, original } = planted[mistake];
  expect(readFileSync(join(ROOT, file), 'utf8').split(original)).toHaveLength(2);
});
