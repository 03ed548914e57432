import type { IntentRound, Outcome } from './round.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';

/** Makes a round as a first spin writes it, for tests that change the fields they care about. */
export function sampleIntent(overrides: Partial<IntentRound> = {}): IntentRound {
  return {
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player('player123'),
      gameCode: ids.game('happy-panda'),
    },
    number: 1,
    roundId: ids.round('3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6'),
    sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
    kind: 'spin',
    action: 'spin',
    currency: 'EUR',
    baseBetMinor: minorAmount(100n),
    stakeMinor: minorAmount(100n),
    walletId: ids.wallet('main'),
    walletCalls: 'debit-credit',
    engineHash: 'ab'.repeat(32),
    gameSoFar: undefined,
    sealedOpening: new Uint8Array([1, 2, 3]),
    idempotency: {
      keyHash: new Uint8Array(16),
      requestHash: new Uint8Array(16),
      earlierKeys: new Uint8Array(),
    },
    startedAtMs: 1_700_000_000_000,
    updatedAtMs: 1_700_000_000_000,
    epoch: 1,
    status: 'INTENT',
    ...overrides,
  };
}

export function sampleOutcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    payoutMillionths: 2_500_000n,
    winMinor: minorAmount(250n),
    sealedStateAfter: new Uint8Array([4, 5, 6]),
    view: '{"outcome":{},"public_state":{},"bonus_triggered":null}',
    bonusActive: false,
    balanceBeforeMinor: minorAmount(1_000n),
    balanceAfterMinor: minorAmount(1_150n),
    ...overrides,
  };
}
