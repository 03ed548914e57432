import type { Theory } from '../certification/theory.ts';
import { BEST_REVEALS, MINE_COUNTS } from './assembly/maths.ts';
import { strategiesOf } from './rtp.ts';

/**
 * The figures are those of the best way to play each mode, which is the simulated player's. Nothing is won by the step
 * that opens a field.
 */
export const theory: Theory = {
  exact: (mode) => {
    const mines = Number(mode.replace('mines_', ''));
    const strategy = strategiesOf(mines)[BEST_REVEALS[MINE_COUNTS.indexOf(mines)] ?? 0];
    if (!strategy) return undefined;
    const hitFrequency = Number(strategy.ways) / Number(strategy.of);
    const rtp = (Number(strategy.payMillionths) / 1e6) * hitFrequency;
    return { rtp, baseRtp: 0, featureRtp: rtp, hitFrequency, featureFrequency: 0 };
  },
  reels: () => [],
  observe: () => [],
};
