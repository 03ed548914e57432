import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountedRound, isUnfinished } from '../domain/accounted-round.ts';
import { booked } from '../domain/reconciliation.fixture.ts';
import {
  type BookedTransaction,
  type Difference,
  differencesOf,
  unknownRound,
} from '../domain/reconciliation.ts';
import type { Round } from '../domain/round.ts';
import { HistoryFixture, HOUR_MS, round } from './reconcile.fixture.ts';

const START_MS = 1_700_000_000_000;
const SPAN_MS = 20 * HOUR_MS;

/** A round, when its wallet booked what it asks for, and what went wrong with that, mostly nothing. */
const anyLife = fc.record({
  status: fc.constantFrom(
    ...(['INTENT', 'COMMITTED', 'CREDITED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDING', 'VOIDED'] as const),
  ),
  oneCall: fc.boolean(),
  endedAfterMs: fc.nat(SPAN_MS),
  archivedAfterMs: fc.nat(HOUR_MS - 1),
  /** Debit and credit, before or after the end of the round: a late credit, or clocks that differ. */
  bookedAfterMs: fc.tuple(
    ...Array.from({ length: 2 }, () => fc.integer({ min: -2 * HOUR_MS, max: 120_000 })),
  ),
  fault: fc.option(fc.constantFrom('lost', 'doubled', 'changed', 'given back', 'extra', 'stranger'), {
    freq: 2,
  }),
  faulty: fc.nat(1),
});
type Life = typeof anyLife extends fc.Arbitrary<infer T> ? T : never;

function rightBooks(one: Round, [debit = 0, credit = 0]: readonly number[]): BookedTransaction[] {
  const account = accountedRound(one);
  const at = (afterMs: number) => ({ atMs: one.updatedAtMs + afterMs });
  const oneCall = one.walletCalls === 'bet-win';
  const withWin = { winMinor: oneCall ? 250n : 0n };
  const stake = booked(account, oneCall ? 'bet-win' : 'debit', { ...at(debit), ...withWin });
  switch (one.status) {
    case 'CREDITED':
      return oneCall ? [stake] : [stake, booked(account, 'credit', at(credit))];
    case 'INTENT':
    case 'COMMITTED':
    case 'VOIDING':
      return [stake];
    case 'VOIDED':
      return [stake, booked(account, 'rollback', { ...at(credit), ...withWin })];
    default:
      return [];
  }
}

function books(one: Round, { bookedAfterMs, fault, faulty }: Life): BookedTransaction[] {
  const right = rightBooks(one, bookedAfterMs);
  const index = right.length === 0 ? 0 : faulty % right.length;
  const extra = booked(accountedRound(one), 'credit', { transactionId: 'extra', atMs: START_MS + faulty });
  const chosen = right[index] ?? extra;
  switch (fault) {
    case 'lost':
      return right.toSpliced(index, 1);
    case 'doubled':
      return [...right, chosen];
    case 'changed':
      return right.toSpliced(index, 1, { ...chosen, amountMinor: chosen.amountMinor + 1n });
    case 'given back':
      return [...right, { ...chosen, kind: 'rollback' }];
    case 'extra':
      return [...right, extra];
    case 'stranger':
      return [...right, { ...chosen, roundId: randomUUID() }];
    default:
      return right;
  }
}

function historyOf(lives: readonly Life[]): HistoryFixture {
  const history = new HistoryFixture();
  history.nowMs = START_MS + SPAN_MS + 10 * HOUR_MS;
  const delays = new Map<string, number>();
  for (const life of lives) {
    // Stake and win in one call leave no round committed with its win to pay.
    const walletCalls = life.oneCall && life.status !== 'COMMITTED' ? 'bet-win' : 'debit-credit';
    const one = round(life.status, START_MS + life.endedAfterMs, { walletCalls });
    delays.set(one.roundId, life.archivedAfterMs);
    history.rounds.push(one);
    history.booked.push(...books(one, life));
  }
  history.archiveDelayMs = ({ roundId }) => delays.get(roundId) ?? 0;
  return history;
}

/** What is wrong with the history, seen as a whole. Nothing can find an unfinished round that its wallet never saw. */
function differencesIn({ rounds, booked }: HistoryFixture): Difference[] {
  const byRound = Map.groupBy(booked, ({ roundId }) => roundId);
  const known = rounds.map(accountedRound);
  const strangers = booked.filter(({ roundId }) => known.every((one) => one.roundId !== roundId));
  return [
    ...strangers.map(unknownRound),
    ...known
      .filter((one) => !isUnfinished(one) || byRound.has(one.roundId))
      .flatMap((one) => differencesOf(one, byRound.get(one.roundId) ?? [])),
  ];
}

const asText = (difference: Difference) =>
  JSON.stringify(difference, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

describe('a history cut into periods anywhere', () => {
  it('has every difference reported at least once, and nothing reported that is none', async () => {
    const reported = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLife, { maxLength: 12 }),
        fc.array(fc.nat(SPAN_MS), { maxLength: 6 }),
        async (lives, cuts) => {
          const history = historyOf(lives);
          const instants = cuts.map((afterMs) => START_MS + afterMs).sort((one, other) => one - other);
          const edges = new Set([START_MS - 2 * HOUR_MS, ...instants, START_MS + SPAN_MS + 120_001]);
          const found: string[] = [];
          for (const [fromMs, toMs] of pairs([...edges])) {
            const { differences } = await history.reconcile(fromMs, toMs);
            found.push(...differences.map(asText));
            for (const { kind } of differences) reported.add(kind);
          }
          expect(new Set(found)).toEqual(new Set(differencesIn(history).map(asText)));
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

function pairs(edges: readonly number[]): [number, number][] {
  return edges.slice(1).map((to, index) => [edges[index] ?? 0, to]);
}
