import { describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import { accountedRound } from '../rounds/accounted-round.ts';
import { booked } from './reconciliation.fixture.ts';
import { DAY_MS, HistoryFixture, HOUR_MS, operator, round } from './reconcile.fixture.ts';
import type { Reconciliation } from './reconcile.ts';
import { joined, reconcileDays } from './reconcile-days.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const midnightMs = Date.UTC(2026, 10, 21);

async function days(history: HistoryFixture, fromMs: number, toMs: number): Promise<Reconciliation[]> {
  const reports: Reconciliation[] = [];
  const request = { operator, fromMs, toMs };
  for await (const report of reconcileDays(history.ports(), history.settings, request)) reports.push(report);
  return reports;
}

function historyAt(nowMs: number): HistoryFixture {
  const history = new HistoryFixture();
  history.nowMs = nowMs;
  return history;
}

describe('a long period', () => {
  it('is cut at midnight in UTC', async () => {
    const history = historyAt(midnightMs + 3 * DAY_MS);
    const reports = await days(history, midnightMs - HOUR_MS, midnightMs + DAY_MS + HOUR_MS);
    expect(reports.map(({ fromMs, toMs }) => [fromMs - midnightMs, toMs - midnightMs])).toEqual([
      [-HOUR_MS, 0],
      [0, DAY_MS],
      [DAY_MS, DAY_MS + HOUR_MS],
    ]);
  });

  it('is refused where it ends before it begins', async () => {
    expect(await codeOf(days(historyAt(midnightMs), midnightMs, midnightMs - 1))).toBe('INVALID_REQUEST');
  });

  it('has the totals of its days, and each difference once, as the last day saw it', async () => {
    const history = historyAt(midnightMs + 2 * DAY_MS);
    const late = round('CREDITED', midnightMs + HOUR_MS);
    const stranger = { ...accountedRound(late), roundId: ids.round('nobody knows') };
    history.rounds = [late, round('REJECTED', midnightMs - HOUR_MS)];
    history.booked = [
      booked(accountedRound(late), 'debit', { atMs: midnightMs - HOUR_MS, amountMinor: minorAmount(99n) }),
      booked(accountedRound(late), 'credit'),
      booked(stranger, 'credit', { atMs: midnightMs - 1 }),
      booked(stranger, 'credit', { atMs: midnightMs, currency: 'SEK' }),
    ];
    const [first, ...others] = await days(history, midnightMs - DAY_MS, midnightMs + DAY_MS);
    const counts = [first, ...others].map((report) => report?.differences.map(({ kind }) => kind));
    expect(counts).toEqual([
      ['UNKNOWN_ROUND', 'AMOUNT_MISMATCH'],
      ['UNKNOWN_ROUND', 'AMOUNT_MISMATCH'],
    ]);
    const report = joined(first!, ...others);
    expect(report).toMatchObject({
      fromMs: midnightMs - DAY_MS,
      toMs: midnightMs + DAY_MS,
      compared: true,
      provisional: false,
      inProgress: 0,
      totals: [
        {
          currency: 'EUR',
          rgs: { rounds: 2, stakesMinor: 100n, winsMinor: 250n, voidedMinor: 0n },
          wallet: { transactions: 3, debitsMinor: 99n, creditsMinor: 500n, rollbacksMinor: 0n },
        },
        { currency: 'SEK', rgs: { rounds: 0 }, wallet: { transactions: 1 } },
      ],
    });
    expect(report.differences.map(({ kind }) => kind)).toEqual([
      'UNKNOWN_ROUND',
      'UNKNOWN_ROUND',
      'AMOUNT_MISMATCH',
    ]);
  });
});
