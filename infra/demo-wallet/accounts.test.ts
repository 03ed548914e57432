import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import { Accounts } from './accounts.ts';
import type { Movement } from './entry.ts';
import { MAX_BALANCE_MINOR } from './journal.ts';
import { WalletRefusal } from './refusal.ts';

const clock = { nowMs: () => 1_700_000_000_000 };
const players = ['anna', 'ben'] as const;
const OPENING_MINOR = minorAmount(500n);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'accounts-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(): Accounts {
  return new Accounts(directory, clock);
}

type Kind = 'debit' | 'credit' | 'betWin' | 'rollback';
interface Call {
  readonly kind: Kind;
  readonly movement: Movement;
}

/** Few ids, players and amounts, so that duplicates, mismatches and rollbacks before and after meet all the time. */
const call: fc.Arbitrary<Call> = fc
  .record({
    kind: fc.constantFrom<Kind>('debit', 'debit', 'betWin', 'betWin', 'credit', 'rollback'),
    winMinor: fc.constantFrom(0n, 0n, 250n).map(minorAmount),
    movement: fc.record({
      transactionId: fc.integer({ min: 0, max: 7 }).map((id) => `transaction-${id}`),
      roundId: fc.constant('round'),
      playerId: fc.constantFrom('anna', 'anna', 'anna', 'ben', 'nobody'),
      sessionId: fc.constant('session'),
      gameCode: fc.constant('game'),
      amountMinor: fc.constantFrom(100n, 100n, 100n, 300n).map(minorAmount),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'USD'),
    }),
  })
  .map(({ kind, winMinor, movement }) => ({
    kind,
    movement: kind === 'betWin' ? { ...movement, winMinor } : movement,
  }));

/** What the caller was told: the balance, or the code of the refusal. */
function ask(accounts: Accounts, { kind, movement }: Call): { balanceMinor: bigint } | { code: string } {
  try {
    return { balanceMinor: accounts[kind](movement).balanceMinor };
  } catch (error) {
    if (error instanceof WalletRefusal) return { code: error.code };
    throw error;
  }
}

/** What a player must have by what the wallet acknowledged, and by nothing else. */
function expectedMinor(playerId: string, answers: readonly (Call & { acknowledged: boolean })[]): bigint {
  const debits = new Map<string, bigint>();
  const credits = new Map<string, bigint>();
  const undone = new Set<string>();
  for (const { kind, movement, acknowledged } of answers) {
    if (!acknowledged || movement.playerId !== playerId) continue;
    if (kind === 'debit') debits.set(movement.transactionId, movement.amountMinor);
    if (kind === 'betWin') {
      debits.set(movement.transactionId, movement.amountMinor - (movement.winMinor ?? 0n));
    }
    if (kind === 'credit') credits.set(movement.transactionId, movement.amountMinor);
    if (kind === 'rollback') undone.add(movement.transactionId);
  }
  let minor: bigint = OPENING_MINOR;
  for (const amountMinor of credits.values()) minor += amountMinor;
  for (const [id, amountMinor] of debits) if (!undone.has(id)) minor -= amountMinor;
  return minor;
}

function withPlayers(check: (accounts: Accounts) => void): void {
  const accounts = new Accounts(mkdtempSync(join(directory, 'run-')), clock);
  try {
    for (const playerId of players) {
      accounts.createPlayer({ playerId, currency: 'EUR', balanceMinor: OPENING_MINOR }, 'token');
    }
    check(accounts);
  } finally {
    accounts.close();
  }
}

describe('after any calls in any order', () => {
  const calls = fc.array(call, { minLength: 1, maxLength: 40 });

  it('the balances are what was acknowledged, the sum of the journal, and never below zero', () => {
    const holds = fc.property(calls, (sequence) => {
      withPlayers((accounts) => {
        const answers = sequence.map((one) => ({
          ...one,
          acknowledged: 'balanceMinor' in ask(accounts, one),
        }));
        for (const playerId of players) {
          const { balanceMinor } = accounts.get(playerId);
          const entries = accounts.entries(playerId, { after: 0, limit: 1_000 });
          expect(balanceMinor).toBe(expectedMinor(playerId, answers));
          expect(entries.reduce((sum, { changeMinor }) => sum + changeMinor, 0n)).toBe(balanceMinor);
          expect(entries.every((entry) => entry.balanceMinor >= 0n)).toBe(true);
        }
      });
    });
    fc.assert(holds, { numRuns: 60 });
  });

  it('a repeated call gets the answer it got, unless its debit was rolled back or its refusal did not bind', () => {
    const holds = fc.property(calls, call, calls, (before, one, between) => {
      withPlayers((accounts) => {
        for (const other of before) ask(accounts, other);
        const first = ask(accounts, one);
        for (const other of between) ask(accounts, other);
        const second = ask(accounts, one);
        const undone = 'code' in second && second.code === 'TRANSACTION_ROLLED_BACK';
        // Nothing of a refused credit is kept: it is owed, and tried again. So is taking back a win that was spent.
        const retried =
          'code' in first &&
          (one.kind === 'credit' || (one.kind === 'rollback' && first.code === 'INSUFFICIENT_FUNDS'));
        if (!undone && !retried) expect(second).toEqual(first);
      });
    });
    fc.assert(holds, { numRuns: 60 });
  });

  it('a debit and its rollback leave nothing, whichever comes first and however often', () => {
    const pair = fc.array(fc.constantFrom<Kind>('debit', 'rollback'), { maxLength: 8 });
    const amount = fc.constantFrom(100n, 300n, 501n).map(minorAmount);
    const holds = fc.property(pair, amount, (kinds, amountMinor) => {
      withPlayers((accounts) => {
        const movement = {
          transactionId: 'one',
          roundId: 'round',
          playerId: 'anna',
          sessionId: 'session',
          gameCode: 'game',
          amountMinor,
          currency: 'EUR',
        };
        for (const kind of [...kinds, 'rollback' as const]) ask(accounts, { kind, movement });
        expect(accounts.get('anna').balanceMinor).toBe(OPENING_MINOR);
        expect(ask(accounts, { kind: 'debit', movement })).toEqual({ code: 'TRANSACTION_ROLLED_BACK' });
        expect(accounts.get('anna').balanceMinor).toBe(OPENING_MINOR);
      });
    });
    fc.assert(holds, { numRuns: 40 });
  });
});

describe('a bet-win', () => {
  const movement: Movement = {
    transactionId: 'one',
    roundId: 'round',
    playerId: 'anna',
    sessionId: 'session',
    gameCode: 'game',
    amountMinor: minorAmount(300n),
    winMinor: minorAmount(1_000n),
    currency: 'EUR',
  };
  const { winMinor: _, ...toUndo } = movement;

  it('takes the stake and pays the win once, and its rollback undoes both', () => {
    withPlayers((accounts) => {
      expect([accounts.betWin(movement).balanceMinor, accounts.betWin(movement).balanceMinor]).toEqual([
        1_200n,
        1_200n,
      ]);
      expect(accounts.rollback(toUndo).balanceMinor).toBe(OPENING_MINOR);
      expect(accounts.rollback(toUndo).balanceMinor).toBe(OPENING_MINOR);
      expect(ask(accounts, { kind: 'betWin', movement })).toEqual({ code: 'TRANSACTION_ROLLED_BACK' });
      expect(accounts.get('anna').balanceMinor).toBe(OPENING_MINOR);
    });
  });

  it('is refused for a stake above the balance, however much it would win', () => {
    withPlayers((accounts) => {
      const dear = { ...movement, amountMinor: minorAmount(OPENING_MINOR + 1n) };
      expect(ask(accounts, { kind: 'betWin', movement: dear })).toEqual({ code: 'INSUFFICIENT_FUNDS' });
      expect(accounts.get('anna').balanceMinor).toBe(OPENING_MINOR);
    });
  });

  it('is refused for good where the balance after it could not be held', () => {
    withPlayers((accounts) => {
      const winMinor = MAX_BALANCE_MINOR;
      const huge = { ...movement, winMinor };
      expect(ask(accounts, { kind: 'betWin', movement: huge })).toEqual({ code: 'BALANCE_LIMIT' });
      accounts.debit({ ...toUndo, transactionId: 'two', amountMinor: minorAmount(200n) });
      // Now it could, and the game server has long ended the round.
      expect(ask(accounts, { kind: 'betWin', movement: huge })).toEqual({ code: 'BALANCE_LIMIT' });
      expect(accounts.get('anna').balanceMinor).toBe(300n);
      expect(ask(accounts, { kind: 'rollback', movement: toUndo })).toEqual({
        code: 'TRANSACTION_NOT_FOUND',
      });
    });
  });

  it('with the same id and another win is another movement', () => {
    withPlayers((accounts) => {
      accounts.betWin(movement);
      const other = { ...movement, winMinor: minorAmount(1_001n) };
      expect(ask(accounts, { kind: 'betWin', movement: other })).toEqual({ code: 'TRANSACTION_MISMATCH' });
      expect(ask(accounts, { kind: 'debit', movement: toUndo })).toEqual({ code: 'TRANSACTION_MISMATCH' });
    });
  });

  it('whose win has been spent is undone once it can be', () => {
    withPlayers((accounts) => {
      accounts.betWin(movement);
      accounts.debit({ ...toUndo, transactionId: 'two', amountMinor: minorAmount(1_100n) });
      expect(ask(accounts, { kind: 'rollback', movement: toUndo })).toEqual({ code: 'INSUFFICIENT_FUNDS' });
      expect(accounts.get('anna').balanceMinor).toBe(100n);
      accounts.credit({ ...toUndo, transactionId: 'three', amountMinor: minorAmount(900n) });
      expect(accounts.rollback(toUndo).balanceMinor).toBe(300n);
    });
  });
});

describe('accounts', () => {
  it.each([
    [1, 'a bet-win'],
    [2, 'a list for each operator'],
  ])('are read from a file of version %i, before there was %s', async (version) => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(directory, 'wallet.sqlite'));
    const script = new URL(`./journal-version-${version}.fixture.sql`, import.meta.url);
    database.exec(readFileSync(script, 'utf8'));
    database.close();
    const accounts = open();
    expect(accounts.get('anna').balanceMinor).toBe(400n);
    expect(accounts.entries('anna', { after: 0, limit: 10 })).toMatchObject([
      { sequence: 1, kind: 'deposit', changeMinor: 500n },
      { sequence: 2, kind: 'debit', changeMinor: -100n, winMinor: undefined },
    ]);
    const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    expect(accounts.bookedFor('demo', everything, { after: 1, limit: 10 })).toMatchObject([
      { kind: 'debit' },
    ]);
    accounts.close();
    const again = open();
    expect(again.get('anna').balanceMinor).toBe(400n);
    again.close();
  });

  it('are found again, to the minor unit, when they are opened again', () => {
    const first = open();
    first.createPlayer({ playerId: 'anna', currency: 'EUR', balanceMinor: MAX_BALANCE_MINOR }, 'token');
    first.close();
    const second = open();
    expect(second.get('anna').balanceMinor).toBe(MAX_BALANCE_MINOR);
    expect(second.hasToken('anna', 'token')).toBe(true);
    second.close();
  });

  it('keep no token as it is', () => {
    const accounts = open();
    accounts.createPlayer(
      { playerId: 'anna', currency: 'EUR', balanceMinor: minorAmount(0n) },
      'a-token-to-look-for',
    );
    accounts.close();
    expect(readFileSync(join(directory, 'wallet.sqlite')).includes('a-token-to-look-for')).toBe(false);
  });

  it('are listed in pages that leave nothing out', () => {
    withPlayers((accounts) => {
      const all = accounts.entries(undefined, { after: 0, limit: 100 });
      const [first] = accounts.entries(undefined, { after: 0, limit: 1 });
      const rest = accounts.entries(undefined, { after: first?.sequence ?? 0, limit: 100 });
      expect([first, ...rest]).toEqual(all);
      expect(all.map(({ playerId }) => playerId)).toEqual(['anna', 'ben']);
    });
  });

  it('are not opened from a file that is something else', () => {
    writeFileSync(join(directory, 'wallet.sqlite'), 'Dear diary, today I have lost nothing. '.repeat(50));
    expect(open).toThrow(
      expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining(directory) }),
    );
  });

  it('are not opened from the file of a later version', async () => {
    open().close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(directory, 'wallet.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(open).toThrow(/version 99/);
  });

  it('have a journal that no statement rewrites', async () => {
    withPlayers(() => {});
    const accounts = open();
    accounts.createPlayer({ playerId: 'anna', currency: 'EUR', balanceMinor: minorAmount(1n) }, 'token');
    accounts.close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(directory, 'wallet.sqlite'));
    expect(() => database.exec('UPDATE journal SET amount_minor = 2')).toThrow('append-only');
    expect(() => database.exec('DELETE FROM journal')).toThrow('append-only');
    expect(() => database.exec('UPDATE players SET balance_minor = -1')).toThrow('CHECK');
    database.close();
  });
});
