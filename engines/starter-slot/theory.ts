import type { Theory } from '../certification/theory.ts';
import { REELS, SYMBOLS } from './assembly/maths.ts';
import { computeFigures } from './rtp.ts';

/** Certification compares simulated rounds with these figures. */
export const theory: Theory = {
  exact: () => {
    const { baseRtp, freeSpinsRtp, hitFrequency, triggerFrequency } = computeFigures();
    return {
      rtp: baseRtp + freeSpinsRtp,
      baseRtp,
      featureRtp: freeSpinsRtp,
      hitFrequency,
      featureFrequency: triggerFrequency,
    };
  },
  // Free spins turn the same reels.
  reels: (_mode, phase) =>
    REELS.map((strip, reel) => ({
      name: phase === 'base' ? `reel ${reel + 1}` : `free spins, reel ${reel + 1}`,
      weights: SYMBOLS.split('').map((symbol) => strip.split(symbol).length - 1),
    })),
  // A stop is uniform, so the row in the middle shows each symbol as often as it stands on the strip.
  observe: (view) => {
    const { public_state } = view as { public_state: { grid: string } };
    return (public_state.grid.split('/')[1] ?? '').split('').map((symbol) => SYMBOLS.indexOf(symbol));
  },
};
