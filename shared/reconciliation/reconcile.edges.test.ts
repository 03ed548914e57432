import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { minorAmount } from '../money/money.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import {
  archived,
  DAY_MS,
  fromMs,
  HistoryFixture,
  HOUR_MS,
  operator,
  round,
  toMs,
} from './reconcile.fixture.ts';
import { withoutLines } from './findings.ts';
import { type Reconciliation, type ReconciliationPorts, reconcile } from './reconcile.ts';
import { joined, joinedDifferences, withUnfinished } from './reconcile-days.ts';
import { reconcileUnfinished } from './reconcile-unfinished.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

let history: HistoryFixture;

beforeEach(() => {
  history = new HistoryFixture();
});

const withPorts = (ports: Partial<ReconciliationPorts>) =>
  reconcile({ ...history.ports(), ...ports }, history.settings, { operator, fromMs, toMs });

describe('a round that lasts beyond the period in which it began', () => {
  const midnightMs = Date.UTC(2026, 10, 22);
  const began = { startedAtMs: midnightMs - 1_000 };
  const dayOf = (day: number) =>
    history.reconcile(midnightMs + day * DAY_MS, midnightMs + (day + 1) * DAY_MS);
  const kindsOf = async (day: number) => (await dayOf(day)).differences.map(({ kind }) => kind);
  const roundsOf = async (day: number) => (await dayOf(day)).totals[0]?.rgs.rounds ?? 0;

  beforeEach(() => {
    history.nowMs = midnightMs + 5 * DAY_MS;
  });

  it.each([
    ['ended just after midnight', 'CREDITED', 'credit', 1_000, 0],
    ['was credited three days later', 'CREDITED', 'credit', 2.5 * DAY_MS, 2],
    ['was rolled back on the next day', 'VOIDED', 'rollback', 7 * HOUR_MS, 0],
  ] as const)(
    'belongs to its first day alone, and fits on each day: it %s',
    async (_, status, kind, lateMs, lastDay) => {
      const one = round(status, midnightMs + lateMs, began);
      history.rounds.push(one);
      history.book(one, 'debit', { atMs: began.startedAtMs });
      history.book(one, kind, { atMs: midnightMs + lateMs });
      expect([await kindsOf(-1), await kindsOf(lastDay)]).toEqual([[], []]);
      expect([await roundsOf(-1), await roundsOf(lastDay)]).toEqual([1, 0]);
    },
  );

  it.each([
    ['whose credit the wallet lost is reported on its first day', 'CREDITED', 'MISSING_CREDIT'],
    ['whose rollback the wallet lost is reported on its first day', 'VOIDED', 'UNEXPECTED_DEBIT'],
  ] as const)('A round %s', async (_, status, kind) => {
    const one = round(status, midnightMs + 3 * DAY_MS, began);
    history.rounds.push(one);
    history.book(one, 'debit', { atMs: began.startedAtMs });
    expect(await kindsOf(-1)).toEqual([kind]);
  });

  it('is reported on both days where the late credit has another amount', async () => {
    const one = round('CREDITED', midnightMs + 2.5 * DAY_MS, began);
    history.rounds.push(one);
    history.book(one, 'debit', { atMs: began.startedAtMs });
    history.book(one, 'credit', { atMs: midnightMs + 2.5 * DAY_MS, amountMinor: minorAmount(1n) });
    expect([await kindsOf(-1), await kindsOf(0), await kindsOf(2)]).toEqual([
      ['AMOUNT_MISMATCH'],
      [],
      ['AMOUNT_MISMATCH'],
    ]);
  });
});

describe('a round at the edge of a period', () => {
  it.each([
    ['just before the beginning', () => fromMs - 1, 0],
    ['at the beginning', () => fromMs, 1],
    ['just before the end', () => toMs - 1, 1],
    ['at the end', () => toMs, 0],
  ])(
    'A round is counted where it began in the period, although it is not archived yet: %s',
    async (_, startedAtMs, rounds) => {
      const late = round('CREDITED', startedAtMs() + 60_000, { startedAtMs: startedAtMs() });
      history.rounds.push(late);
      history.unarchived.add(late.roundId);
      history.book(late, 'debit', { atMs: fromMs + 1 });
      history.book(late, 'credit', { atMs: fromMs + 2 });
      expect(await history.reconcile()).toMatchObject({ totals: [{ rgs: { rounds } }], differences: [] });
    },
  );

  it('is counted once, although a file of the archive also holds rounds of the next period', async () => {
    const rounds = [fromMs - 1, fromMs, toMs - 1, toMs].map((startedAtMs) =>
      archived(round('VOIDED', startedAtMs + DAY_MS, { startedAtMs })),
    );
    const archive: ReconciliationPorts['archive'] = {
      async *files() {
        yield ['file'];
      },
      read: async () => rounds,
    };
    expect(await withPorts({ archive })).toMatchObject({ totals: [{ rgs: { rounds: 2 } }] });
  });
});

it('may be in a period that begins as early as the ledger still keeps all of its rounds', async () => {
  const beginMs = history.nowMs - history.settings.hotRetentionMs + DAY_MS;
  expect(await history.reconcile(beginMs, beginMs + 1)).toMatchObject({ differences: [] });
});

it('is read from a file of the archive that is read once, with sixteen files at a time', async () => {
  const files = Array.from({ length: 40 }, (_, index) => String(index));
  const read: string[] = [];
  let [under, most] = [0, 0];
  const archive: ReconciliationPorts['archive'] = {
    async *files() {
      yield files;
    },
    read: async (file) => {
      read.push(file);
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      return [];
    },
  };
  await withPorts({ archive });
  expect(read).toEqual(files);
  expect(most).toBe(16);
});

describe('the round of a transaction', () => {
  const asked: unknown[] = [];
  const withBooked = async (given: Partial<BookedTransaction>) => {
    asked.length = 0;
    const one = round('CREDITED', fromMs);
    history.book(one, 'debit', given);
    const ledger: ReconciliationPorts['ledger'] = {
      ...history.ports().ledger,
      find: async (roundId) => void asked.push(['find', roundId]),
    };
    expect(await withPorts({ ledger })).toMatchObject({ differences: [{ kind: 'UNKNOWN_ROUND' }] });
    return one.roundId;
  };

  it('is looked up by its id alone, whatever player and game the wallet names', async () => {
    const roundId = await withBooked({ playerId: 'player#123', gameCode: 'happy#panda' });
    expect(asked).toEqual([['find', roundId]]);
  });

  it('is not looked up by an id that no round can have', async () => {
    await withBooked({ roundId: 'round 7' });
    expect(asked).toEqual([]);
  });
});

describe('rounds that are not final', () => {
  const unfinished = (ports: Partial<ReconciliationPorts> = {}) =>
    reconcileUnfinished({ ...history.ports(), ...ports }, history.settings, operator);

  beforeEach(() => {
    const oldMs = history.nowMs - 300_001;
    history.rounds = [1, 2].map((number) =>
      round('COMMITTED', oldMs, { number, stakeMinor: minorAmount(0n) }),
    );
  });

  it('are refused where there are more than a request may read', async () => {
    const limited = (rounds: number) => {
      history.settings = { ...history.settings, limits: { ...history.settings.limits, rounds } };
      return unfinished();
    };
    expect((await limited(2)).differences).toHaveLength(2);
    expect(await codeOf(limited(1))).toBe('PERIOD_TOO_LARGE');
  });

  it('are left out where they have left the ledger meanwhile', async () => {
    const ledger = { ...history.ports().ledger, get: async () => undefined };
    expect(await unfinished({ ledger })).toEqual({ differences: [], findings: [] });
  });

  it('are all compared where somebody changed one of them, and that one is a finding', async () => {
    const { get, ...others } = history.ports().ledger;
    const forged: typeof get = async (reference) => {
      if (reference.number === 1) throw new FaultError('CORRUPT_RECORD', 'It does not have its MAC');
      return get(reference);
    };
    const [first, second] = history.rounds;
    expect(await unfinished({ ledger: { ...others, get: forged } })).toMatchObject({
      differences: [{ kind: 'PENDING_CREDIT', roundId: second?.roundId }],
      findings: [
        {
          kind: 'UNREADABLE_RECORD',
          log: first?.log,
          firstNumber: 1,
          lastNumber: 1,
          roundIds: [],
          files: [],
        },
      ],
    });
  });

  it('are not reported where a part of the ledger could not be read', async () => {
    const down = new Error('the ledger is away');
    const ledger = {
      ...history.ports().ledger,
      // oxlint-disable-next-line require-yield
      unfinished: async function* () {
        throw down;
      },
    };
    await expect(unfinished({ ledger })).rejects.toBe(down);
  });
});

describe('periods that are joined', () => {
  const report = (given: Partial<Reconciliation>): Reconciliation => ({
    operatorId: ids.operator('demo'),
    fromMs: 0,
    toMs: 1,
    asOfMs: 2,
    provisional: false,
    compared: true,
    inProgress: 0,
    totals: [],
    differences: [],
    findings: [],
    ...given,
  });

  it('are provisional where any of them is, and compared where each of them is', () => {
    const [sure, unsure] = [report({}), report({ provisional: true, compared: false })];
    expect(joined(sure, unsure)).toMatchObject({ provisional: true, compared: false });
    expect(joined(sure, sure)).toMatchObject({ provisional: false, compared: true });
  });

  it('have all rounds that are in progress, and the first and the last time', () => {
    const last = report({ fromMs: 1, toMs: 9, asOfMs: 10, inProgress: 4 });
    expect(joined(report({ inProgress: 3 }), last)).toMatchObject({
      fromMs: 0,
      toMs: 9,
      asOfMs: 10,
      inProgress: 7,
    });
    expect(joined(last)).toEqual(last);
  });

  it('give what several of them found alike once, also beside rounds that are not final', () => {
    const finding = (number: number) =>
      withoutLines('UNREADABLE_RECORD', round('VOIDED', 0).log, [number, number]);
    const days = joined(report({ findings: [finding(1)] }), report({ findings: [finding(1), finding(2)] }));
    expect(days.findings).toEqual([finding(1), finding(2)]);
    const all = withUnfinished(days, { differences: [], findings: [finding(2), finding(3)] });
    expect(all.findings).toEqual([finding(1), finding(2), finding(3)]);
  });

  it('give each round as the last period that reports on it', () => {
    const difference = (roundId: string, kind: 'MISSING_DEBIT' | 'PENDING_CREDIT', walletId = 'main') => {
      const nothing = { expected: undefined, found: undefined };
      return { kind, roundId, walletId: ids.wallet(walletId), status: 'CREDITED', ...nothing } as const;
    };
    const first = [difference('a', 'PENDING_CREDIT'), difference('b', 'MISSING_DEBIT')];
    const last = [difference('a', 'MISSING_DEBIT')];
    expect(joinedDifferences([first, last])).toEqual([last[0], first[1]]);
    const elsewhere = [difference('a', 'MISSING_DEBIT', 'second')];
    expect(joinedDifferences([first, elsewhere])).toEqual([...first, ...elsewhere]);
  });
});
