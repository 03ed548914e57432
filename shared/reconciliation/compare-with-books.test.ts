import { describe, expect, it } from 'vitest';
import { accounted, booked } from './reconciliation.fixture.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { WalletBooks } from '../wallets/wallet-books.ts';
import { CLOCK_MARGIN_MS, compare, doubtful, pagesOf } from './compare-with-books.ts';
import { mainWallet } from '../operators/operator.fixture.ts';
import { operator } from './reconcile.fixture.ts';
import { Workload } from '../foundation/workload.ts';

const fromMs = 1_700_000_000_000;
const toMs = fromMs + 3_600_000;
const limits = { files: 9, rounds: 9, transactions: 9, lookups: 9, timeMs: 1_000 };
const work = () => new Workload(limits, { nowMs: () => 0 });

function begunAt(startedAtMs: number, ...bookedAtMs: number[]) {
  const round = accounted({ startedAtMs, updatedAtMs: startedAtMs + 3 * 86_400_000 });
  const [debitAtMs = startedAtMs, creditAtMs = startedAtMs] = bookedAtMs;
  const books = [booked(round, 'debit', { atMs: debitAtMs }), booked(round, 'credit', { atMs: creditAtMs })];
  return doubtful([round], books, { fromMs, toMs }).length;
}

describe('a round whose books fit', () => {
  it('is not doubtful where it began in the period, however far from that time the books lie', () => {
    expect(begunAt(fromMs, fromMs + 3_000_000)).toBe(0);
    expect(begunAt(toMs - 1, fromMs)).toBe(0);
  });

  it('is doubtful where it began outside of the period and some of its books lie far from that time', () => {
    expect(begunAt(fromMs - 1, fromMs - 1 + CLOCK_MARGIN_MS + 1)).toBe(1);
    expect(begunAt(toMs, toMs - CLOCK_MARGIN_MS - 1)).toBe(1);
    expect(begunAt(toMs, toMs, toMs - CLOCK_MARGIN_MS - 1)).toBe(1);
  });

  it('is not doubtful where it began outside of the period and all of its books lie near that time', () => {
    expect(begunAt(fromMs - 1, fromMs - 1 + CLOCK_MARGIN_MS)).toBe(0);
    expect(begunAt(toMs, toMs - CLOCK_MARGIN_MS, toMs)).toBe(0);
  });

  it('is doubtful as long as it is not final', () => {
    const intent = accounted({ status: 'INTENT', win: undefined, updatedAtMs: fromMs });
    expect(doubtful([intent], [], { fromMs, toMs })).toEqual([intent]);
  });
});

describe('a round without any books', () => {
  it('is doubtful where it asks for some, and is not where it asks for none', () => {
    const rejected = accounted({ status: 'REJECTED', win: undefined, updatedAtMs: fromMs });
    expect(doubtful([accounted(), rejected], [], { fromMs, toMs })).toEqual([accounted()]);
  });
});

describe('reading the books', () => {
  const paid = accounted();
  const all = [booked(paid, 'debit'), booked(paid, 'credit')];
  const books: WalletBooks = {
    page: async (_, __, ___, after) => ({
      transactions: [all[Number(after ?? 0)]!],
      next: after === undefined ? '1' : undefined,
    }),
  };

  it('gives all pages of a selection in their order, and nothing else', async () => {
    expect(await pagesOf(books, operator, mainWallet, { fromMs, toMs }, work())).toEqual(all);
  });

  it("compares a round with that round's books only, whatever the wallet lists besides", async () => {
    const stray: BookedTransaction = { ...booked(paid, 'debit'), roundId: 'another' };
    const careless: WalletBooks = { page: async () => ({ transactions: [...all, stray], next: undefined }) };
    expect(await compare(careless, operator, [paid], work())).toEqual([]);
  });
});

it('lets the clocks of wallet and game server be five minutes apart', () => {
  expect(CLOCK_MARGIN_MS).toBe(300_000);
});
