import type { Ledger } from './ledger.ts';
import type { IntentRound, NewRound, Outcome, Round } from './round.ts';
import { ids } from '../foundation/ids.fixture.ts';
import type { RoundMacs } from './round-macs.ts';
import { roundIdOf } from './round-address.ts';
import { minorAmount } from '../money/money.ts';

const sampleLog = {
  operatorId: ids.operator('demo'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
};

/** Makes a round as a first spin writes it, for tests that change the fields they care about. */
export function sampleIntent(overrides: Partial<IntentRound> = {}): IntentRound {
  const { log = sampleLog, number = 1, startedAtMs = 1_700_000_000_000 } = overrides;
  return {
    log,
    number,
    roundId: roundIdOf(log, number, startedAtMs),
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
    startedAtMs,
    previousIntentMac: new Uint8Array(),
    intentMac: new Uint8Array(16).fill(0x1e),
    mac: new Uint8Array(16).fill(0x3a),
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

/** Stores a round as a handler left it. @returns the round with its MACs */
export async function storeRound<R extends Round>(
  ledger: Pick<Ledger, 'append' | 'save'>,
  round: R,
): Promise<R> {
  const intent: NewRound = { ...round, status: 'INTENT', epoch: 1 };
  const result = await ledger.append(intent);
  if (!result.appended) throw new Error(`There is a round ${round.number} already`);
  if (round.status === 'INTENT' && round.epoch === 1) return result.round as R;
  const { intentMac } = result.round;
  return (await ledger.save({ ...round, intentMac }, result.round)) as R;
}

/** Makes the MACs of a round that no ledger has seen. */
export async function signRound<R extends Round>(macs: RoundMacs, round: R): Promise<R> {
  const { intentMac } = await macs.signNew({ ...round, status: 'INTENT' });
  return (await macs.sign({ ...round, intentMac })) as R;
}
