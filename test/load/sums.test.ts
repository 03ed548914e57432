import { ids } from '../../shared/foundation/ids.fixture.ts';
import { logHashOf, roundIdOf } from '../../shared/rounds/round-address.ts';
import { describe, expect, it } from 'vitest';
import type { Record_ } from '../e2e/client.ts';
import type { AnsweredRound } from './player-loop.ts';
import { type Books, type JournalEntry, mismatches } from './sums.ts';

const log = { operatorId: ids.operator('demo'), playerId: ids.player('p'), gameCode: ids.game('coin') };
const id = (number: number) => roundIdOf(log, number, 0);
const MAC = 'ab'.repeat(8);

function recorded(number: number, overrides: Partial<Record_> = {}): Record_ {
  const round = {
    round_id: id(number),
    number,
    status: 'COMMITTED',
    final: true,
    stake: '1.00',
    win: '0.00',
  };
  return { ...round, ...overrides } as Record_;
}

function answered(number: number, winMinor: bigint, balanceMinor: bigint): AnsweredRound {
  return { roundId: id(number), winMinor, balanceMinor, startedAtMs: number, endedAtMs: number + 0.5 };
}

function entry(number: number, kind: string, change: string): JournalEntry {
  return { kind, transaction_id: `${id(number)}:${MAC}:${kind}`, round_id: id(number), change };
}

const deposit = { kind: 'deposit', transaction_id: 'deposit:p', round_id: null, change: '100.00' };

/** A loss, a win, a bonus action that wins, and a stake that was given back. */
const good: Books = {
  startMinor: 10_000n,
  answered: [answered(1, 0n, 9_900n), answered(2, 250n, 10_050n), answered(3, 300n, 10_350n)],
  unanswered: false,
  rounds: [
    recorded(4, { status: 'VOIDED', win: null }),
    recorded(3, { status: 'CREDITED', stake: '0.00', win: '3.00' }),
    recorded(2, { status: 'CREDITED', win: '2.50' }),
    recorded(1),
  ],
  balanceMinor: 10_350n,
  journal: [
    deposit,
    entry(1, 'debit', '-1.00'),
    entry(2, 'debit', '-1.00'),
    entry(2, 'credit', '2.50'),
    { ...entry(3, 'credit', '3.00'), transaction_id: `${logHashOf(log)}:3:credit` },
    entry(4, 'debit', '-1.00'),
    { ...entry(4, 'debit', '1.00'), kind: 'rollback' },
  ],
};

const withRound = (number: number, overrides: Partial<Record_>): Books => ({
  ...good,
  rounds: good.rounds.map((round) => (round.number === number ? { ...round, ...overrides } : round)),
});
const without = (books: Books, entryId: string): Books => ({
  ...books,
  journal: books.journal.filter(({ transaction_id }) => transaction_id !== entryId),
});

describe('the books of a player', () => {
  it('agree where every round is final, was told to the player, and is in the wallet once', () => {
    expect(mismatches(good)).toEqual([]);
  });

  it.each<[string, Books, RegExp]>([
    ['a round that is not final', withRound(2, { final: false }), /not final/],
    ['a round that is missing', { ...good, rounds: good.rounds.slice(0, -1) }, /no round 1/],
    [
      'an answer that the ledger does not know',
      { ...good, answered: [...good.answered, answered(9, 0n, 10_350n)] },
      /answered and is not in/,
    ],
    ['an answer for a round that was voided', withRound(1, { status: 'VOIDED' }), /answered and is not in/],
    ['another win than was told', withRound(2, { win: '2.51' }), /answered with 250/],
    [
      'a round that nobody was told of',
      { ...good, answered: good.answered.slice(1) },
      /1 rounds were played and nobody/,
    ],
    ['a balance that is one minor unit off', { ...good, balanceMinor: 10_351n }, /the rounds make 10350/],
    [
      'a balance that was told wrongly',
      { ...good, answered: good.answered.with(2, answered(3, 300n, 1n)) },
      /told a balance of 1/,
    ],
    [
      'a win that is paid twice',
      { ...good, journal: [...good.journal, entry(2, 'credit', '2.50')] },
      /the wallet has/,
    ],
    ['a win that is not paid', without(good, `${id(2)}:${MAC}:credit`), /the wallet has/],
    ['a stake that was not taken', without(good, `${id(1)}:${MAC}:debit`), /the wallet has/],
    ['a stake that was not given back', { ...good, journal: good.journal.slice(0, -1) }, /moved -100/],
    [
      'money of a round that the ledger does not have',
      { ...good, journal: [...good.journal, entry(8, 'debit', '-1.00')] },
      /which the ledger has not/,
    ],
  ])('do not agree with %s', (_, books, told) => {
    expect(mismatches(books).join('\n')).toMatch(told);
  });

  it('may have one round more than the player was told of where the last request had no answer', () => {
    const books = { ...good, answered: good.answered.slice(0, -1), unanswered: true };
    expect(mismatches(books)).toEqual([]);
    expect(mismatches({ ...books, answered: good.answered.slice(0, -2) })).toHaveLength(1);
  });
});
