import { ids } from '../../shared/foundation/ids.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import type { Engine } from '../../shared/engines/engines.ts';
import type { Scenario } from './scenario.ts';

const engineHash = 'ab'.repeat(32);
const SPIN = 0;
const BONUS_ACTION = 1;
/** Handlers that draw at the same time draw the seeds 1 and 2. Only the first wins a bonus action. */
const LUCKY = 1;

export const game = {
  gameCode: ids.game('coin'),
  title: 'Coin',
  enabled: true,
  engineHash,
  stateRule: 'bound' as const,
  bets: [{ currency: 'EUR', allowedMinor: [100n].map(minorAmount) }],
};

/** An engine whose spins always win twice the bet, or never. With a bonus, a spin leads to one action of it. */
export function coin({ wins, next }: Scenario): Engine {
  const stepped = (won: boolean, bonusActive: boolean) => ({
    state: new Uint8Array(),
    payoutMillionths: won ? 2_000_000n : 0n,
    bonusActive,
    view: '{"outcome":{},"public_state":{},"bonus_triggered":null}',
  });
  return {
    hash: engineHash,
    capabilities: {
      engineId: 'coin',
      buildId: '1',
      stateEncoding: 'none',
      actions: [
        { name: 'spin', phase: 'base', mode: 'base', code: SPIN },
        { name: 'free_spin', phase: 'bonus', code: BONUS_ACTION },
      ],
      modes: [
        { name: 'base', priceMillionths: 1_000_000n, rtpMillionths: 960_000n, maxWinMillionths: 4_000_000n },
      ],
      lines: undefined,
      maxHorizon: 2,
      preferredBatch: 1,
    },
    reset: () => stepped(false, false),
    step: ({ action, seed }) =>
      action === SPIN ? stepped(wins, next === 'bonus') : stepped(seed[0] === LUCKY, false),
  };
}
