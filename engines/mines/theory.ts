import type { Theory } from '../certification/theory.ts';
import { strategiesOf } from './rtp.ts';

/** What the engine's simulated player reveals. */
const REVEALS = 3;

/** The simulated player's way to play each mode; nothing is won by the step that opens a field. */
export const theory: Theory = {
  exact: (mode) => {
    const strategy = strategiesOf(Number(mode.replace('mines_', '')))[REVEALS];
    if (!strategy) return undefined;
    const hitFrequency = Number(strategy.ways) / Number(strategy.of);
    const rtp = (Number(strategy.payMillionths) / 1e6) * hitFrequency;
    return { rtp, baseRtp: 0, featureRtp: rtp, hitFrequency, featureFrequency: 0 };
  },
  reels: () => [],
  observe: () => [],
};
