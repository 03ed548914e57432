import { beforeEach, describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import type { Round } from '../rounds/round.ts';
import { sampleOutcome } from '../rounds/sample-round.fixture.ts';
import type { WalletBooks } from '../wallets/wallet-books.ts';
import { DAY_MS, fromMs, HistoryFixture, HOUR_MS, operator, round, toMs } from './reconcile.fixture.ts';
import { reconcile } from './reconcile.ts';
import { reconcileUnfinished } from './reconcile-unfinished.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

let history: HistoryFixture;

beforeEach(() => {
  history = new HistoryFixture();
});

const lost = sampleOutcome({ winMinor: minorAmount(0n) });

/** A round that began and ended well in the middle of the period. */
function played(updatedAtMs = fromMs + 1_000): Round {
  const one = round('CREDITED', updatedAtMs);
  history.rounds.push(one);
  history.book(one, 'debit');
  history.book(one, 'credit');
  return one;
}

const kinds = async () => (await history.reconcile()).differences.map(({ kind }) => kind);

describe('a period without differences', () => {
  it('is compared without looking up a single round, and added up on both sides', async () => {
    for (let index = 0; index < 5; index += 1) played();
    const voided = round('VOIDED', fromMs + 2_000);
    history.rounds.push(voided, round('REJECTED', fromMs), round('COMMITTED', toMs - 1, { outcome: lost }));
    history.book(voided, 'debit');
    history.book(voided, 'rollback');
    history.book(history.rounds.at(-1)!, 'debit');
    const report = await history.reconcile();
    expect(report).toEqual({
      operatorId: 'demo',
      fromMs,
      toMs,
      asOfMs: history.nowMs,
      provisional: false,
      compared: true,
      inProgress: 0,
      differences: [],
      findings: [],
      totals: [
        {
          currency: 'EUR',
          rgs: { rounds: 8, stakesMinor: 600n, winsMinor: 1_250n, voidedMinor: 100n },
          wallet: { transactions: 13, debitsMinor: 700n, creditsMinor: 1_250n, rollbacksMinor: 100n },
        },
      ],
    });
    expect(history.lookups).toBe(0);
  });

  it('is empty where no round was played', async () => {
    expect(await history.reconcile()).toMatchObject({ differences: [], totals: [] });
  });

  it('is provisional where it has hardly ended', async () => {
    expect((await history.reconcile(fromMs, history.nowMs - 299_999)).provisional).toBe(true);
    expect((await history.reconcile(fromMs, history.nowMs - 300_000)).provisional).toBe(false);
  });
});

describe('the edge of a period', () => {
  it('may lie between the debit and the credit of a round, however far apart they are', async () => {
    const late = round('CREDITED', fromMs + 1_000);
    const early = round('CREDITED', toMs + 5 * HOUR_MS);
    history.rounds.push(late, early);
    history.book(late, 'debit', { atMs: fromMs - 5 * HOUR_MS });
    history.book(late, 'credit');
    history.book(early, 'debit', { atMs: toMs - 1 });
    history.book(early, 'credit');
    expect(await kinds()).toEqual([]);
    expect(history.lookups).toBe(3);
  });

  it('may lie between the clocks of wallet and game server', async () => {
    const one = round('CREDITED', fromMs);
    const other = round('CREDITED', toMs);
    history.rounds.push(one, other);
    for (const kind of ['debit', 'credit'] as const) {
      history.book(one, kind, { atMs: fromMs - 60_000 });
      history.book(other, kind, { atMs: toMs - 60_000 });
    }
    expect(await kinds()).toEqual([]);
  });

  it('hides no round that has not reached the archive yet, if the wallet has a transaction of it', async () => {
    const late = played();
    history.unarchived.add(late.roundId);
    const report = await history.reconcile();
    expect(report).toMatchObject({ differences: [], totals: [{ rgs: { rounds: 1 } }] });
    history.booked = [
      history.book(late, 'debit', { amountMinor: minorAmount(99n) }),
      history.book(late, 'credit'),
    ];
    expect(await kinds()).toEqual(['AMOUNT_MISMATCH']);
  });
});

describe('a difference', () => {
  it('is reported in the period in which the round began', async () => {
    history.rounds.push(round('CREDITED', fromMs));
    expect(await kinds()).toEqual(['MISSING_DEBIT', 'MISSING_CREDIT']);
  });

  it('is reported in the period in which the wallet booked it', async () => {
    const refused = round('REJECTED', fromMs - DAY_MS);
    history.rounds.push(refused);
    history.book(refused, 'debit', { atMs: fromMs });
    expect(await kinds()).toEqual(['UNEXPECTED_DEBIT']);
  });

  it.each([
    ['is nowhere', ids.randomRound()],
    ["has an id that is none of the game server's", 'round 7'],
  ])('names an unknown round where the transaction %s', async (_, roundId) => {
    const stranger = { ...round('CREDITED', fromMs), roundId: ids.round(roundId) };
    history.book(stranger, 'debit');
    const { differences } = await history.reconcile();
    expect(differences).toMatchObject([{ kind: 'UNKNOWN_ROUND', roundId, found: { amountMinor: 100n } }]);
  });

  it('names an unknown round where the round belongs to another operator, and tells nothing about it', async () => {
    const foreign = played();
    history.rounds = [{ ...foreign, log: { ...foreign.log, operatorId: ids.operator('other') } }];
    const { differences, totals } = await history.reconcile();
    expect(differences.map(({ kind, status }) => [kind, status])).toEqual([
      ['UNKNOWN_ROUND', undefined],
      ['UNKNOWN_ROUND', undefined],
    ]);
    expect(totals).toMatchObject([{ rgs: { rounds: 0 } }]);
  });
});

describe('a round that is not final', () => {
  it.each(['INTENT', 'VOIDING', 'COMMITTED'] as const)(
    'is in progress for five minutes: %s',
    async (status) => {
      const one = round(status, history.nowMs - 299_999);
      history.rounds.push(one);
      history.book(one, 'debit');
      const endMs = history.nowMs;
      expect(await history.reconcile(fromMs, endMs)).toMatchObject({ differences: [], inProgress: 1 });
      history.nowMs += 1;
      const kind = status === 'COMMITTED' ? 'PENDING_CREDIT' : 'PENDING_ROLLBACK';
      expect(await history.reconcile(fromMs, endMs)).toMatchObject({
        differences: [{ kind }],
        inProgress: 0,
      });
    },
  );

  it('is in progress from the moment of its intent', async () => {
    const newest = round('INTENT', history.nowMs);
    history.rounds.push(newest);
    history.book(newest, 'debit');
    expect(await history.reconcile(fromMs, history.nowMs + 1)).toMatchObject({
      differences: [],
      inProgress: 1,
    });
  });
});

describe('rounds that are not final', () => {
  it('are compared without a period, although the wallet may never have heard of them', async () => {
    const oldMs = history.nowMs - 300_001;
    const bonus = round('COMMITTED', oldMs, { number: 1, kind: 'bonus', stakeMinor: minorAmount(0n) });
    const voiding = round('VOIDING', oldMs, { number: 2 });
    const nothingTaken = round('VOIDING', oldMs, { number: 3 });
    const young = round('COMMITTED', oldMs + 1, { number: 4, stakeMinor: minorAmount(0n) });
    const foreign = { ...bonus, log: { ...bonus.log, operatorId: ids.operator('other') }, number: 5 };
    history.rounds = [bonus, voiding, nothingTaken, young, foreign, round('CREDITED', oldMs, { number: 6 })];
    history.book(voiding, 'debit');
    const { differences, findings } = await reconcileUnfinished(history.ports(), history.settings, operator);
    expect(findings).toEqual([]);
    expect(differences).toHaveLength(2);
    expect(differences).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'PENDING_CREDIT', roundId: bonus.roundId }),
        expect.objectContaining({ kind: 'PENDING_ROLLBACK', roundId: voiding.roundId }),
      ]),
    );
  });
});

describe('a wallet that offers no list', () => {
  it('leaves the totals of the game server, and the report says that nothing was compared', async () => {
    played();
    history.offersBooks = false;
    expect(await history.reconcile()).toMatchObject({
      compared: false,
      differences: [],
      totals: [{ currency: 'EUR', rgs: { rounds: 1 }, wallet: undefined }],
    });
  });
});

describe('a period that cannot be reconciled', () => {
  it.each([
    ['ends before it begins', 0, -1, 'INVALID_REQUEST'],
    ['is empty', 0, 0, 'INVALID_REQUEST'],
    ['has more than a day', -DAY_MS, 1, 'PERIOD_TOO_LARGE'],
    ['is older than what the ledger keeps', -29 * DAY_MS - 1, -28 * DAY_MS - 1, 'PERIOD_TOO_OLD'],
  ])('A period is refused where it %s', async (_, from, to, code) => {
    const { nowMs } = history;
    expect(await codeOf(history.reconcile(nowMs + from, nowMs + to))).toBe(code);
  });

  it.each(['files', 'rounds', 'transactions', 'lookups'] as const)('has too many %s', async (what) => {
    for (let index = 0; index < 4; index += 1) played();
    history.booked.pop();
    history.booked.shift();
    expect((await kinds()).sort()).toEqual(['MISSING_CREDIT', 'MISSING_DEBIT']);
    // Four files, and the call that lists them.
    const enough = { files: 5, rounds: 7, transactions: 8, lookups: 2 }[what];
    history.settings = { ...history.settings, limits: { ...history.settings.limits, [what]: enough } };
    expect(await kinds()).toHaveLength(2);
    history.settings = { ...history.settings, limits: { ...history.settings.limits, [what]: enough - 1 } };
    expect(await codeOf(kinds())).toBe('PERIOD_TOO_LARGE');
  });

  it('takes too long to list, though no file is found', async () => {
    history.emptyParts = 3;
    history.archiveCallMs = 3_000;
    expect(await codeOf(kinds())).toBe('PERIOD_TOO_LARGE');
  });

  it('takes too long to read', async () => {
    for (let index = 0; index < 4; index += 1) played();
    history.archiveCallMs = 3_000;
    expect(await codeOf(kinds())).toBe('PERIOD_TOO_LARGE');
  });

  it('has a list of files without an end', async () => {
    history.emptyParts = Number.POSITIVE_INFINITY;
    expect(await codeOf(kinds())).toBe('PERIOD_TOO_LARGE');
  });

  it('has pages without an end, which hold only calls that the wallet refused', async () => {
    const books = {
      page: async (_: unknown, __: unknown, ___: unknown, after = '') => ({
        transactions: [],
        next: `${after}x`,
      }),
    };
    const ports = { ...history.ports(), books };
    expect(await codeOf(reconcile(ports, history.settings, { operator, fromMs, toMs }))).toBe(
      'PERIOD_TOO_LARGE',
    );
  });

  it('belongs to a wallet that lists periods, but no rounds', async () => {
    played();
    history.booked.pop();
    const { page } = history.ports().books;
    const books: WalletBooks = {
      page: async (of, walletId, selection, after) =>
        'roundId' in selection ? undefined : page(of, walletId, selection, after),
    };
    const ports = { ...history.ports(), books };
    expect(await codeOf(reconcile(ports, history.settings, { operator, fromMs, toMs }))).toBe(
      'WALLET_LIST_UNREADABLE',
    );
  });
});
