import { createHistogram } from 'node:perf_hooks';
import * as z from 'zod';

const Milliseconds = z.number().min(0);
export const Percentiles = z.strictObject({ p50Ms: Milliseconds, p99Ms: Milliseconds, maxMs: Milliseconds });
export type Percentiles = z.infer<typeof Percentiles>;

/** Percentiles in milliseconds, exact to three figures. */
export function percentilesOf(durationsMs: readonly number[]): Percentiles {
  const histogram = createHistogram({ figures: 3 });
  // The histogram counts whole numbers from 1 on, so the unit is microseconds.
  for (const duration of durationsMs) histogram.record(Math.max(1, Math.round(duration * 1_000)));
  const toMs = (microseconds: number) => Number((microseconds / 1_000).toPrecision(3));
  return durationsMs.length === 0
    ? { p50Ms: 0, p99Ms: 0, maxMs: 0 }
    : {
        p50Ms: toMs(histogram.percentile(50)),
        p99Ms: toMs(histogram.percentile(99)),
        maxMs: toMs(histogram.max),
      };
}
