import { mainWallet } from '../operators/operator.fixture.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import { type AccountedRound, accountedRound, isUnfinished } from '../rounds/accounted-round.ts';
import { booked } from './reconciliation.fixture.ts';
import { type Difference, differencesOf, unknownRound } from './reconciliation.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { Round } from '../rounds/round.ts';
import { sampleOutcome } from '../rounds/sample-round.fixture.ts';
import { DAY_MS, HistoryFixture, HOUR_MS, round } from './reconcile.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const START_MS = 1_700_000_000_000;
const BEFORE_MS = 2 * HOUR_MS;
const AFTER_MS = 120_000;
const LONGEST_MS = 3 * DAY_MS;

/** Makes a round, the time at which its wallet booked it, and a mistake, which is mostly none. */
const lifeWithin = (spanMs: number) =>
  fc.record({
    status: fc.constantFrom(
      ...([
        'INTENT',
        'COMMITTED',
        'CREDITED',
        'CREDITED',
        'REJECTED',
        'FAILED',
        'VOIDING',
        'VOIDED',
      ] as const),
    ),
    kind: fc.constantFrom(...(['two calls', 'two calls', 'one call', 'bonus'] as const)),
    won: fc.boolean(),
    endedAfterMs: fc.nat(spanMs),
    /** The credit or rollback of a round may come days after its intent. */
    lastedMs: fc.oneof({ weight: 2, arbitrary: fc.nat(BEFORE_MS) }, fc.nat(LONGEST_MS)),
    /**
     * The debit may be booked before or after the round began, and the credit before or after it ended. A reply may be
     * late, and clocks may differ.
     */
    bookedAfterMs: fc.tuple(
      ...Array.from({ length: 2 }, () => fc.integer({ min: -BEFORE_MS, max: AFTER_MS })),
    ),
    fault: fc.option(fc.constantFrom('lost', 'doubled', 'changed', 'given back', 'extra', 'stranger'), {
      freq: 2,
    }),
    faulty: fc.nat(1),
    /** The wallet did a doubled movement again at this time. */
    doubledAtMs: fc.integer({ min: START_MS - BEFORE_MS, max: START_MS + spanMs + AFTER_MS }),
  });
type Life = ReturnType<typeof lifeWithin> extends fc.Arbitrary<infer T> ? T : never;

function rightBooks(one: Round, [debit = 0, credit = 0]: readonly number[]): BookedTransaction[] {
  const account = accountedRound(one);
  const at = (afterMs: number) => ({ atMs: one.updatedAtMs + afterMs });
  const atStart = (afterMs: number) => ({ atMs: one.startedAtMs + afterMs });
  const oneCall = one.walletCalls === 'bet-win';
  const winMinor = minorAmount(oneCall && one.status !== 'COMMITTED' ? 250n : 0n);
  const stakes = account.stake
    ? [booked(account, oneCall ? 'bet-win' : 'debit', { ...atStart(debit), winMinor })]
    : [];
  const wins = account.win && !oneCall ? [booked(account, 'credit', at(credit))] : [];
  switch (one.status) {
    case 'CREDITED':
      return [...stakes, ...wins];
    case 'COMMITTED':
      // A bonus may have its win paid while the reply was lost. Any other win is not paid yet.
      return account.stake ? stakes : wins;
    case 'INTENT':
    case 'VOIDING':
      return stakes;
    case 'VOIDED':
      return [...stakes, ...stakes.map((stake) => ({ ...stake, kind: 'rollback', ...at(credit) }) as const)];
    default:
      return [];
  }
}

function books(one: Round, { bookedAfterMs, fault, faulty, doubledAtMs }: Life): BookedTransaction[] {
  const right = rightBooks(one, bookedAfterMs);
  const index = right.length === 0 ? 0 : faulty % right.length;
  const extra = booked(accountedRound(one), 'credit', {
    transactionId: ids.transaction('extra'),
    atMs: START_MS + faulty,
  });
  const chosen = right[index] ?? extra;
  switch (fault) {
    case 'lost':
      return right.toSpliced(index, 1);
    case 'doubled':
      return [...right, { ...chosen, atMs: doubledAtMs }];
    case 'changed':
      return right.toSpliced(index, 1, { ...chosen, amountMinor: minorAmount(chosen.amountMinor + 1n) });
    case 'given back':
      return [...right, { ...chosen, kind: 'rollback' }];
    case 'extra':
      return [...right, extra];
    case 'stranger':
      return [...right, { ...chosen, roundId: ids.randomRound() }];
    default:
      return right;
  }
}

function roundOf({ status, kind, won, endedAfterMs, lastedMs }: Life): Round {
  // With stake and win in one call, no round stays committed with its win to credit.
  const oneCall = kind === 'one call' && !(status === 'COMMITTED' && won);
  return round(status, START_MS + endedAfterMs, {
    startedAtMs: START_MS + endedAfterMs - lastedMs,
    walletCalls: oneCall ? 'bet-win' : 'debit-credit',
    ...(kind === 'bonus' && { kind, stakeMinor: minorAmount(0n) }),
    ...(status === 'COMMITTED' && !won && { outcome: sampleOutcome({ winMinor: minorAmount(0n) }) }),
  });
}

function historyOf(lives: readonly Life[], spanMs: number): HistoryFixture {
  const history = new HistoryFixture();
  history.nowMs = START_MS + spanMs + 10 * HOUR_MS;
  for (const life of lives) {
    const one = roundOf(life);
    history.rounds.push(one);
    history.booked.push(...books(one, life));
  }
  return history;
}

/**
 * Finds what is wrong with the whole history. An unfinished round that its wallet never saw can be found only where it
 * lies between others of its log.
 */
function differencesIn({ rounds, booked }: HistoryFixture): { sure: Difference[]; possible: Difference[] } {
  const byRound = Map.groupBy(booked, ({ roundId }) => roundId);
  const known = rounds.map(accountedRound);
  const strangers = booked.filter(({ roundId }) => known.every((one) => one.roundId !== roundId));
  const isSeen = (one: AccountedRound) => !isUnfinished(one) || byRound.has(one.roundId);
  const of = (some: readonly AccountedRound[]) =>
    some.flatMap((one) => differencesOf(one, byRound.get(one.roundId) ?? []));
  return {
    sure: [...strangers.map((stranger) => unknownRound(stranger, mainWallet)), ...of(known.filter(isSeen))],
    possible: of(known.filter((one) => !isSeen(one))),
  };
}

const asText = (difference: Difference) =>
  JSON.stringify(difference, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

describe('a history cut into periods anywhere', () => {
  // In the short history, cuts, copies and the ends of rounds lie within the margin of the clocks.
  it.each([
    ['a day', 20 * HOUR_MS],
    ['half an hour', HOUR_MS / 2],
  ])('reports every difference of %s at least once, and no difference that is none', async (_, spanMs) => {
    const reported = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(lifeWithin(spanMs), { maxLength: 12 }),
        fc.array(fc.nat(spanMs), { maxLength: 6 }),
        async (lives, cuts) => {
          const history = historyOf(lives, spanMs);
          const instants = cuts.map((afterMs) => START_MS + afterMs).sort((one, other) => one - other);
          const firstMs = START_MS - LONGEST_MS - BEFORE_MS;
          const days = [0, 1, 2].map((day) => firstMs + day * DAY_MS);
          const edges = new Set([
            ...days,
            START_MS - BEFORE_MS,
            ...instants,
            START_MS + spanMs + AFTER_MS + 1,
          ]);
          const found: string[] = [];
          for (const [fromMs, toMs] of pairs([...edges])) {
            const { differences, findings } = await history.reconcile(fromMs, toMs);
            expect(findings).toEqual([]);
            found.push(...differences.map(asText));
            for (const { kind } of differences) reported.add(kind);
          }
          const { sure, possible } = differencesIn(history);
          const others = new Set(found).difference(new Set(possible.map(asText)));
          expect(others).toEqual(new Set(sure.map(asText)));
        },
      ),
      { numRuns: 500 },
    );
    expect([...reported].sort()).toEqual([
      'AMOUNT_MISMATCH',
      'MISSING_CREDIT',
      'MISSING_DEBIT',
      'PENDING_CREDIT',
      'PENDING_ROLLBACK',
      'UNEXPECTED_CREDIT',
      'UNEXPECTED_DEBIT',
      'UNEXPECTED_ROLLBACK',
      'UNKNOWN_ROUND',
    ]);
  });
});

it('An unfinished round whose period has no books is compared in the periods beside it', async () => {
  const history = new HistoryFixture();
  const endedMs = history.nowMs - HOUR_MS;
  const bonus = round('COMMITTED', endedMs, { kind: 'bonus', stakeMinor: minorAmount(0n) });
  const minutes = (count: number) => endedMs + count * 60_000;
  history.rounds = [bonus];
  history.booked = [-4, 4.5].map((after) =>
    booked(accountedRound(bonus), 'credit', { atMs: minutes(after) }),
  );
  const kinds: string[][] = [];
  for (const [fromMs, toMs] of pairs([-10, -3, 4, 10].map(minutes))) {
    kinds.push((await history.reconcile(fromMs, toMs)).differences.map(({ kind }) => kind));
  }
  expect(kinds).toEqual([['UNEXPECTED_CREDIT'], [], ['UNEXPECTED_CREDIT']]);
});

function pairs(edges: readonly number[]): [number, number][] {
  return edges.slice(1).map((to, index) => [edges[index] ?? 0, to]);
}
