import { beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { mainWallet, movedTo } from '../operators/operator.fixture.ts';
import { accountedRound } from '../rounds/accounted-round.ts';
import type { Round } from '../rounds/round.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import { fromMs, HistoryFixture, HOUR_MS, operator, round, toMs } from './reconcile.fixture.ts';
import { reconcileUnfinished } from './reconcile-unfinished.ts';
import { booked } from './reconciliation.fixture.ts';

const second = ids.wallet('second');
let history: HistoryFixture;
let secondBooks: BookedTransaction[];

beforeEach(() => {
  history = new HistoryFixture();
  history.operator = movedTo(operator, { walletId: second });
  secondBooks = history.bookedAt[second] = [];
});

function ended(walletId = mainWallet, status: Round['status'] = 'CREDITED'): Round {
  const one = round(status, fromMs + 1_000, { walletId });
  history.rounds.push(one);
  return one;
}

function book(books: BookedTransaction[], one: Round, ...kinds: BookedTransaction['kind'][]): void {
  books.push(...kinds.map((kind) => booked(accountedRound(one), kind)));
}

async function found() {
  const { differences } = await history.reconcile();
  return differences.map(({ kind, walletId, roundId }) => [kind, walletId, roundId]);
}

describe('an operator with two wallets', () => {
  it('has no differences where each round is on the books of the wallet that it names', async () => {
    book(history.booked, ended(), 'debit', 'credit');
    book(secondBooks, ended(second), 'debit', 'credit');
    expect(await history.reconcile()).toMatchObject({
      compared: true,
      differences: [],
      totals: [{ currency: 'EUR', rgs: { rounds: 2 }, wallet: { transactions: 4 } }],
    });
    expect(history.lookups).toBe(0);
  });

  it('has a difference that names the wallet of the round', async () => {
    const [old, current] = [ended(), ended(second)];
    book(history.booked, old, 'debit');
    book(secondBooks, current, 'credit');
    expect(await found()).toEqual([
      ['MISSING_CREDIT', 'main', old.roundId],
      ['MISSING_DEBIT', 'second', current.roundId],
    ]);
  });

  it('has lost a stake at the old wallet where the round was settled at the new one', async () => {
    const voided = ended(mainWallet, 'VOIDED');
    book(history.booked, voided, 'debit');
    expect(await found()).toEqual([['UNEXPECTED_DEBIT', 'main', voided.roundId]]);
  });

  it('has what the other wallet has of a round, whether it is in the archive or only in the ledger', async () => {
    const one = ended();
    book(history.booked, one, 'debit', 'credit');
    book(secondBooks, one, 'debit', 'credit');
    const twice = [
      ['UNEXPECTED_DEBIT', 'second', one.roundId],
      ['UNEXPECTED_CREDIT', 'second', one.roundId],
    ];
    expect(await found()).toEqual(twice);
    history.unarchived.add(one.roundId);
    expect(await found()).toEqual(twice);
  });

  it('has no difference where the other wallet gave back what it had debited', async () => {
    const one = ended();
    book(history.booked, one, 'debit', 'credit');
    book(secondBooks, one, 'debit', 'rollback');
    expect(await found()).toEqual([]);
  });

  it('counts a round in progress once', async () => {
    history.nowMs = toMs + 1;
    const one = round('VOIDING', toMs - 1_000);
    history.rounds.push(one);
    book(history.booked, one, 'debit');
    book(secondBooks, one, 'debit');
    expect(await history.reconcile()).toMatchObject({ inProgress: 1 });
  });

  it('has its unfinished rounds compared with the wallet that each of them names', async () => {
    const owing = round('VOIDING', history.nowMs - HOUR_MS);
    history.rounds.push(owing);
    book(history.booked, owing, 'debit');
    const { differences } = await reconcileUnfinished(history.ports(), history.settings, history.operator);
    expect(differences.map(({ kind, walletId }) => [kind, walletId])).toEqual([['PENDING_ROLLBACK', 'main']]);
  });
});

describe('a wallet that does not answer', () => {
  it('is passed over where it is an earlier one without a round in the period', async () => {
    book(secondBooks, ended(second), 'debit', 'credit');
    history.silent.add(mainWallet);
    expect(await history.reconcile()).toMatchObject({ compared: true, differences: [] });
  });

  it.each([
    ['a round of the period names it', mainWallet, mainWallet],
    ['it is the current one', second, mainWallet],
  ])('leaves the period uncompared where %s', async (_, silent, ofRound) => {
    book(history.booked, ended(ofRound), 'debit', 'credit');
    history.silent.add(silent);
    expect(await codeOf(history.reconcile())).toBe('WALLET_UNAVAILABLE');
  });
});
