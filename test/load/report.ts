import * as z from 'zod';
import { Percentiles } from './latency.ts';
import { Machine } from './machine.ts';
import { ProcessorTime } from './processor-time.ts';

const Count = z.int().min(0);

export const LevelReport = z.strictObject({
  players: z.int().min(1),
  /** How long it was measured, after the warm-up. */
  seconds: z.int().min(1),
  /** Answered rounds that began in that time. */
  rounds: Count,
  roundsPerSecond: z.number().min(0),
  withWallet: Percentiles,
  withoutWallet: Percentiles,
  /** Replies but 200, warm-up included, by status and code. */
  refusals: z.record(z.string(), Count),
  /** Null where the system does not tell it. */
  processorSeconds: ProcessorTime.nullable(),
  checkedRounds: Count,
  checkedWalletEntries: Count,
});
export type LevelReport = z.infer<typeof LevelReport>;

export const LoadReport = z.strictObject({
  measuredAt: z.iso.datetime(),
  commit: z.string(),
  machine: Machine,
  levels: z.array(LevelReport).min(1),
});
export type LoadReport = z.infer<typeof LoadReport>;
