import { describe, expect, it } from 'vitest';
import type { EngineCapabilities } from '../engines.ts';
import { checkBonusEnd } from './check-bonus-end.ts';

const mode = { priceMillionths: 1_000_000n, rtpMillionths: 950_000n };
const engine = (phase: 'base' | 'bonus' | 'any'): Pick<EngineCapabilities, 'actions' | 'modes'> => ({
  actions: [
    { name: 'spin', phase: 'base', code: 0 },
    { name: 'other', phase, code: 1 },
  ],
  modes: [
    { ...mode, name: 'small', maxWinMillionths: 5_000_000n },
    { ...mode, name: 'large', maxWinMillionths: 50_000_000n },
  ],
});

describe('What a game declares for a bonus that an operator ends', () => {
  it.each(['bonus', 'any'] as const)('A game with an action of the phase %s must declare it', (phase) => {
    expect(() => checkBonusEnd(engine(phase), undefined)).toThrow(
      '"bonus_end": "forfeit" or {"pay": "12.5"}',
    );
    checkBonusEnd(engine(phase), 0n);
    checkBonusEnd(engine(phase), 5_000_000n);
  });

  it('A game without a bonus need not declare it', () => {
    checkBonusEnd(engine('base'), undefined);
  });

  it('A game cannot declare more than each of its modes can win', () => {
    expect(() => checkBonusEnd(engine('bonus'), 5_000_001n)).toThrow(
      '"bonus_end" pays more than a round of the mode small can win',
    );
  });
});
