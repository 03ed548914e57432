import type { Clock } from '../foundation/clock.ts';

/** Reads the machine's clock, which AWS keeps in step with its time service (GLI-19 V3.0, 2.2). */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
};
