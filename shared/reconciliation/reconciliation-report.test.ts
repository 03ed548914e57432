import { expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';
import { mainWallet } from '../operators/operator.fixture.ts';
import { withoutLines } from './findings.ts';
import type { Reconciliation } from './reconcile.ts';
import { reconciliationReport } from './reconciliation-report.ts';

const operatorId = ids.operator('demo');
const movement = {
  transactionId: ids.transaction('round:mac:credit'),
  playerId: 'player123',
  currency: 'EUR',
  amountMinor: minorAmount(250n),
};
const difference = { roundId: 'round', walletId: mainWallet } as const;
const log = { operatorId, playerId: 'player123', gameCode: 'happy-panda' };
const reconciliation: Reconciliation = {
  operatorId,
  fromMs: Date.UTC(2026, 10, 30),
  toMs: Date.UTC(2026, 10, 30, 1),
  asOfMs: Date.UTC(2026, 10, 30, 2),
  provisional: true,
  compared: true,
  inProgress: 3,
  totals: [
    {
      currency: 'EUR',
      rgs: {
        rounds: 8,
        stakesMinor: minorAmount(600n),
        winsMinor: minorAmount(1_250n),
        voidedMinor: minorAmount(100n),
      },
      wallet: {
        transactions: 13,
        debitsMinor: minorAmount(700n),
        creditsMinor: minorAmount(1_250n),
        rollbacksMinor: minorAmount(105n),
      },
    },
    {
      currency: 'JPY',
      rgs: {
        rounds: 1,
        stakesMinor: minorAmount(5n),
        winsMinor: minorAmount(0n),
        voidedMinor: minorAmount(0n),
      },
      wallet: undefined,
    },
  ],
  differences: [
    { ...difference, kind: 'PENDING_CREDIT', status: 'COMMITTED', expected: movement, found: undefined },
    { ...difference, kind: 'PENDING_CREDIT', status: 'COMMITTED', expected: movement, found: undefined },
    {
      ...difference,
      kind: 'UNKNOWN_ROUND',
      status: undefined,
      expected: undefined,
      found: { ...movement, atMs: Date.UTC(2026, 10, 30, 0, 30) },
    },
  ],
  findings: [{ ...withoutLines('MISSING_RECORD', log, [4, 6], ['round']), files: ['file'] }],
};
const reported = {
  transaction_id: 'round:mac:credit',
  player_id: 'player123',
  amount: '2.50',
  currency: 'EUR',
};

it('A report has the whole reconciliation, with amounts as decimals and times in UTC', () => {
  const pending = {
    kind: 'PENDING_CREDIT',
    round_id: 'round',
    wallet_id: 'main',
    round_status: 'COMMITTED',
    expected: reported,
    found: null,
  };
  expect(reconciliationReport(reconciliation)).toEqual({
    operator_id: 'demo',
    from: '2026-11-30T00:00:00.000Z',
    to: '2026-11-30T01:00:00.000Z',
    as_of: '2026-11-30T02:00:00.000Z',
    provisional: true,
    wallet_list: 'compared',
    rounds_in_progress: 3,
    totals: [
      {
        currency: 'EUR',
        rgs: { rounds: 8, stakes: '6.00', wins: '12.50', voided: '1.00', net: '-6.50' },
        wallet: { transactions: 13, debits: '7.00', credits: '12.50', rollbacks: '1.05', net: '-6.55' },
      },
      { currency: 'JPY', rgs: { rounds: 1, stakes: '5', wins: '0', voided: '0', net: '5' }, wallet: null },
    ],
    difference_counts: { PENDING_CREDIT: 2, UNKNOWN_ROUND: 1 },
    differences: [
      pending,
      pending,
      {
        kind: 'UNKNOWN_ROUND',
        round_id: 'round',
        wallet_id: 'main',
        round_status: null,
        expected: null,
        found: { ...reported, at: '2026-11-30T00:30:00.000Z' },
      },
    ],
    finding_counts: { MISSING_RECORD: 1 },
    findings: [
      {
        kind: 'MISSING_RECORD',
        player_id: 'player123',
        game_code: 'happy-panda',
        first_number: 4,
        last_number: 6,
        round_ids: ['round'],
        files: ['file'],
      },
    ],
  });
});

it('A report says where the wallet offers no list to compare with', () => {
  expect(reconciliationReport({ ...reconciliation, compared: false }).wallet_list).toBe('not-offered');
});
