import { describe, expect, it } from 'vitest';
import type { WalletTransaction } from '../wallet.ts';
import type { Exchange } from './wallet-exchange.ts';
import {
  codeOf,
  sortAuthentication,
  sortBalance,
  sortCredit,
  sortMovement,
  sortRollback,
} from './wallet-replies.ts';
import { ids } from '../../foundation/ids.fixture.ts';
import { minorAmount } from '../../money/money.ts';

const transaction: WalletTransaction = {
  transactionId: ids.transaction('r1:debit'),
  roundId: ids.round('r1'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
  sessionId: ids.session('s1'),
  currency: 'EUR',
  amountMinor: minorAmount(150n),
};
const answered = (status: number, body: Record<string, unknown>): Exchange => ({
  kind: 'answered',
  status,
  body,
});
const refused = (status: number, code: string) => answered(status, { code, message: 'No' });
const movement = { transaction_id: 'r1:debit', currency: 'EUR', balance: '8.50' };
const account = { player_id: 'player123', currency: 'EUR', balance: '8.50' };
const unreadable = { kind: 'unknown', reason: 'UNREADABLE' };

const sorts = {
  movement: (answer: Exchange) => sortMovement(answer, transaction),
  credit: (answer: Exchange) => sortCredit(answer, transaction),
  rollback: (answer: Exchange) => sortRollback(answer, transaction),
  balance: (answer: Exchange) => sortBalance(answer, ids.player('player123'), 'EUR'),
  authentication: (answer: Exchange) => sortAuthentication(answer, ids.player('player123')),
};

describe.each(Object.entries(sorts))('the reply to a %s', (_, sort) => {
  it.each(['TIMEOUT', 'CONNECTION', 'SERVER_ERROR', 'UNREADABLE'] as const)(
    'is unknown for the reason of the exchange where none came: %s',
    (reason) => {
      expect(sort({ kind: 'unknown', reason })).toEqual({ kind: 'unknown', reason });
    },
  );

  it('is unreadable where it has no form, or carries an error code with its success', () => {
    expect(sort(answered(200, {}))).toEqual(unreadable);
    expect(sort(answered(200, { ...movement, ...account, code: 'ODD' }))).toEqual(unreadable);
  });

  it('is unreadable where it refuses in a form of its own', () => {
    expect(sort(answered(400, { message: 'No' }))).toEqual(unreadable);
    for (const code of ['bad code', 'Ab', 'A'.repeat(65), '1A', 'AB ']) {
      expect(sort(refused(400, code))).toEqual(unreadable);
    }
  });
});

describe('an amount that is finer than its currency', () => {
  const odd = answered(200, { ...movement, ...account, balance: '8.505' });
  it('makes a movement, a balance and an authentication unreadable', () => {
    for (const sort of [sorts.movement, sorts.balance, sorts.authentication]) {
      expect(sort(odd)).toEqual(unreadable);
    }
  });

  it('is told with the acknowledgement of a credit and of a rollback, which it does not undo', () => {
    const acknowledged = { kind: 'acknowledged', oddBalance: 'UNREADABLE' };
    expect(sorts.credit(odd)).toEqual(acknowledged);
    expect(sorts.rollback(odd)).toEqual(acknowledged);
  });

  it('is told, like another currency, which has a reason of its own', () => {
    const foreign = answered(200, { ...movement, currency: 'SEK' });
    expect(sorts.credit(foreign)).toEqual({ kind: 'acknowledged', oddBalance: 'WRONG_CURRENCY' });
    expect(sorts.credit(answered(200, movement))).toEqual({ kind: 'acknowledged' });
  });
});

describe('the balance of a player', () => {
  it('is read for the account in the currency that was asked for', () => {
    expect(sorts.balance(answered(200, account))).toEqual({ kind: 'acknowledged', balanceMinor: 850n });
    expect(sorts.balance(answered(200, { ...account, currency: 'SEK' }))).toEqual({
      kind: 'unknown',
      reason: 'WRONG_CURRENCY',
    });
    expect(sorts.balance(answered(200, { ...account, player_id: 'other' }))).toEqual(unreadable);
  });

  it('may be refused', () => {
    expect(sorts.balance(refused(403, 'PLAYER_BLOCKED'))).toEqual({
      kind: 'refused',
      code: 'PLAYER_BLOCKED',
    });
  });
});

describe('the authentication of a player', () => {
  it('gives the currency of the account', () => {
    expect(sorts.authentication(answered(200, account))).toEqual({
      kind: 'accepted',
      player: { playerId: 'player123', currency: 'EUR' },
    });
    expect(sorts.authentication(answered(200, { ...account, player_id: 'other' }))).toEqual(unreadable);
  });

  it.each(['INVALID_TOKEN', 'UNKNOWN_PLAYER', 'PLAYER_BLOCKED'])('is rejected by %s', (code) => {
    expect(sorts.authentication(refused(401, code))).toEqual({ kind: 'rejected' });
  });

  it('is unreadable where the wallet refuses for another reason, such as our own signature', () => {
    expect(sorts.authentication(refused(401, 'INVALID_SIGNATURE'))).toEqual(unreadable);
  });
});

describe('a refusal', () => {
  it.each([
    'BALANCE_LIMIT',
    'CURRENCY_MISMATCH',
    'INVALID_AMOUNT',
    'INVALID_REQUEST',
    'INVALID_SIGNATURE',
    'STALE_TIMESTAMP',
    'TRANSACTION_ROLLED_BACK',
    'UNKNOWN_CURRENCY',
    'UNKNOWN_PLAYER',
  ])('proves by the code %s that nothing was taken, whatever its status', (code) => {
    for (const status of [400, 401, 404, 409, 422]) {
      expect(sorts.movement(refused(status, code))).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
      expect(sorts.credit(refused(status, code))).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
    }
  });

  it.each([400, 401, 402, 403, 404, 405, 409, 410, 422, 423])(
    'proves nothing with a code that is not listed, at status %i',
    (status) => {
      for (const code of ['ALREADY_PROCESSED', 'DUPLICATE_TRANSACTION', 'SOME_LIMIT_2']) {
        const unlisted = { kind: 'unknown', reason: 'UNLISTED_REFUSAL' };
        expect(sorts.movement(refused(status, code))).toEqual(unlisted);
        expect(sorts.credit(refused(status, code))).toEqual(unlisted);
      }
    },
  );

  it('is reported in the code of the wallet, up to 64 characters, and a success has none', () => {
    for (const code of ['A', 'A1_B', 'A'.repeat(64)]) expect(codeOf(refused(400, code))).toBe(code);
    expect(codeOf(answered(200, { ...movement, code: 'ODD' }))).toBeUndefined();
    expect(codeOf({ kind: 'unknown', reason: 'TIMEOUT' })).toBeUndefined();
  });
});
