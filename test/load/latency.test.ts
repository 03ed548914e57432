import { expect, it } from 'vitest';
import { percentilesOf } from './latency.ts';

it('percentiles do not depend on the order of the values', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => ((index * 7) % 1_000) + 1);
  expect(percentilesOf(values)).toEqual({ p50Ms: 500, p99Ms: 990, maxMs: 1_000 });
});

it('percentiles keep parts of a millisecond, and are zero where nothing was measured', () => {
  expect(percentilesOf([0.25, 0.25, 0.25])).toEqual({ p50Ms: 0.25, p99Ms: 0.25, maxMs: 0.25 });
  expect(percentilesOf([])).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});
