import type { Theory } from '../certification/theory.ts';
import { BASE_REELS, FREE_REELS, ROWS, SYMBOLS } from './assembly/maths.ts';
import { computeFigures } from './rtp.ts';

const MIDDLE_ROW = Math.floor(ROWS / 2);

/** The figures are exact, because the full cycle is enumerated; see rtp.ts. */
export const theory: Theory = {
  exact: () => {
    const { rtp, baseRtp, bonusRtp, hitFrequency, triggerFrequency } = computeFigures();
    return { rtp, baseRtp, featureRtp: bonusRtp, hitFrequency, featureFrequency: triggerFrequency };
  },
  // A stop is uniform, so the row in the middle shows each symbol as often as it stands on the strip.
  reels: (_mode, phase) =>
    (phase === 'base' ? BASE_REELS : FREE_REELS).map((strip, reel) => ({
      name: phase === 'base' ? `reel ${reel + 1}` : `free spins, reel ${reel + 1}`,
      weights: SYMBOLS.split('').map((symbol) => strip.split(symbol).length - 1),
    })),
  observe: (view) => {
    const { outcome } = view as { outcome: { grid: string } };
    const row = outcome.grid.split('/')[MIDDLE_ROW] ?? '';
    return row.split('').map((symbol) => SYMBOLS.indexOf(symbol));
  },
};
