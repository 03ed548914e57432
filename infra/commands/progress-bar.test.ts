import { expect, it } from 'vitest';
import { barOf } from './progress-bar.ts';

it.each([
  [{ done: 0, total: 1_000, elapsedMs: 3_000 }, /^panda ░{30} 0 %$/],
  [{ done: 500, total: 1_000, elapsedMs: 1_000 }, / 50 %, 500 rounds a second, 1 s left$/],
  [{ done: 99_000, total: 198_000, elapsedMs: 1_000 }, / 50 %, 99,000 rounds a second, 1 s left$/],
  [{ done: 3e7, total: 1e8, elapsedMs: 2_000 }, / 30 %, 15.0 million rounds a second, 5 s left$/],
])('progress of %j is told in figures that mean something', (progress, line) => {
  expect(barOf('panda', progress)).toMatch(line);
});
