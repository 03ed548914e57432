import { expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { minorAmount } from '../money/money.ts';
import type { Round } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { creditTransaction, stakeTransaction } from './wallet-transaction.ts';

const { status: _, ...started } = sampleIntent();
const mac = '1e'.repeat(8);
const withoutOutcome: readonly Round[] = [
  { ...started, status: 'INTENT' },
  { ...started, status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' },
  { ...started, status: 'FAILED', failure: 'ENGINE_TRAP' },
  { ...started, status: 'VOIDING', reason: 'DEBIT_UNKNOWN' },
  { ...started, status: 'VOIDED', reason: 'DEBIT_UNKNOWN' },
];

it.each(withoutOutcome)(
  'A round that is $status has no credit, which differs from a credit of 0',
  (round) => {
    expect(() => creditTransaction(round)).toThrow(FaultError);
  },
);

it.each(['COMMITTED', 'CREDITED'] as const)('A round that is %s is credited with its win', (status) => {
  const round = { ...started, status, outcome: sampleOutcome({ winMinor: minorAmount(250n) }) };
  expect(creditTransaction(round)).toMatchObject({
    transactionId: `${round.roundId}:${mac}:credit`,
    roundId: round.roundId,
    amountMinor: 250n,
  });
});

it('A debit moves the stake, and a bet-win has an id of its own', () => {
  const round = sampleIntent({ stakeMinor: minorAmount(200n), baseBetMinor: minorAmount(100n) });
  expect(stakeTransaction(round)).toMatchObject({
    transactionId: `${round.roundId}:${mac}:debit`,
    amountMinor: 200n,
  });
  expect(stakeTransaction({ ...round, walletCalls: 'bet-win' }).transactionId).toBe(
    `${round.roundId}:${mac}:bet-win`,
  );
});
