import type { Theory } from '../certification/theory.ts';
import { BUY_PRICE_MILLIONTHS, FREE_SPINS, REELS, SYMBOLS } from './assembly/maths.ts';
import { computeFigures } from './rtp.ts';

const MIDDLE_ROW = 1;

/**
 * The figures are exact, because the full cycle is enumerated; see rtp.ts. A held win has no figures of its own,
 * because they depend on the player.
 */
export const theory: Theory = {
  exact: (mode) => {
    const { spinPay, meanMultiplier, triggerFrequency, ...figures } = computeFigures();
    const freeSpinsPay = FREE_SPINS * spinPay * meanMultiplier;
    if (mode === 'buy') {
      const rtp = freeSpinsPay / (BUY_PRICE_MILLIONTHS / 1e6);
      const hitFrequency = figures.buyHitFrequency;
      return { rtp, baseRtp: 0, featureRtp: rtp, hitFrequency, featureFrequency: 1 };
    }
    if (mode !== 'base') return undefined;
    const featureRtp = triggerFrequency * freeSpinsPay;
    return {
      rtp: spinPay + featureRtp,
      baseRtp: spinPay,
      featureRtp,
      hitFrequency: figures.baseHitFrequency,
      featureFrequency: triggerFrequency,
    };
  },
  // Buying turns no reel, and what comes after a win depends on the player.
  reels: (mode, phase) =>
    mode === 'buy' || phase === 'bonus'
      ? []
      : REELS.map((strip, reel) => ({
          name: `reel ${reel + 1}`,
          weights: SYMBOLS.split('').map((symbol) => strip.split(symbol).length - 1),
        })),
  observe: (view) => {
    const { public_state } = view as { public_state: { grid: string } };
    return (public_state.grid.split('/')[MIDDLE_ROW] ?? '')
      .split('')
      .map((symbol) => SYMBOLS.indexOf(symbol));
  },
};
