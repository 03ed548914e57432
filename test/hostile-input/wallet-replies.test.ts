import { mainWallet, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { minorAmount } from '../../shared/money/money.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import { DependencyError } from '../../shared/foundation/errors.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, numeral, spoilt } from './strings.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const LIMIT_BYTES = 65_536;
const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
const playerId = 'player123';

interface Reply {
  readonly status: number;
  readonly bytes: Buffer;
}

let next: Reply;
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(next.status).end(next.bytes));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const warned: string[] = [];
const operator: Operator = sampleOperator({
  walletUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
});
const wallet = httpWallets({
  secret: async () => 'a secret shared by two',
  clock: { nowMs: () => 1_700_000_000_000 },
  timeoutMs: 60_000,
  telemetry: { count: () => undefined, warn: (_, fields) => void warned.push(JSON.stringify(fields)) },
}).of(operator, mainWallet);

const currency = fc.constantFrom(...(Object.keys(decimalsOf) as TestCurrency[]));
const names = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('debit', 'credit') },
  spoilt(fc.constant('debit')),
);
const success = currency.chain((code) =>
  mutatedObject({
    transaction_id: names.map((name) => `${roundId}:${name}`),
    player_id: fc.oneof({ weight: 9, arbitrary: fc.constant(playerId) }, spoilt(fc.constant(playerId))),
    balance: fc.oneof(fc.constantFrom('1', '10.0', '0', '999999999999999999'), numeral),
    currency: fc.oneof({ weight: 9, arbitrary: fc.constant(code) }, currency, spoilt(fc.constant(code))),
    code: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      fc.constantFrom<unknown>(null, '', 0, 'INSUFFICIENT_FUNDS'),
    ),
  }).map((text) => [text, code] as const),
);

// biome-ignore format: a list reads better packed
const codes = [
  'INSUFFICIENT_FUNDS', 'LIMIT_REACHED', 'PLAYER_BLOCKED', 'TRANSACTION_ROLLED_BACK', 'TRANSACTION_MISMATCH', 'OTHER_1',
  'TRANSACTION_NOT_FOUND', 'INVALID_TOKEN', 'UNKNOWN_PLAYER', 'INVALID_SIGNATURE', 'ALREADY_PROCESSED', 'constructor', '__PROTO__', 'A'.repeat(65),
];
const code = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...codes) }, hostileText);
const refusal = mutatedObject({ code, message: hostileText });

const status = fc.constantFrom(
  400,
  401,
  402,
  403,
  404,
  409,
  410,
  418,
  422,
  408,
  425,
  429,
  500,
  503,
  201,
  204,
  302,
  304,
);
const huge = fc.constantFrom(LIMIT_BYTES - 200, LIMIT_BYTES, 300_000);
const replies: fc.Arbitrary<readonly [Reply, TestCurrency]> = fc.oneof(
  {
    weight: 6,
    arbitrary: success.chain(([text, unit]) => replying(fc.constant(200), fc.constant(text), unit)),
  },
  { weight: 4, arbitrary: replying(status, refusal, 'EUR') },
  { weight: 1, arbitrary: replying(fc.constant(200), refusal, 'EUR') },
  { weight: 1, arbitrary: success.chain(([text, unit]) => replying(status, fc.constant(text), unit)) },
  { weight: 1, arbitrary: replying(fc.oneof(fc.constant(200), status), jsonText, 'EUR') },
  { weight: 1, arbitrary: replying(fc.constant(200), huge.map(padded), 'EUR') },
);

function replying(statuses: fc.Arbitrary<number>, text: fc.Arbitrary<string>, unit: TestCurrency) {
  return fc.tuple(statuses, asBytes(text)).map(([status, bytes]) => [{ status, bytes }, unit] as const);
}

function padded(bytes: number): string {
  return `{"transaction_id":"${roundId}:debit","balance":"1.00","currency":"EUR","x":"${'x'.repeat(bytes)}"}`;
}

type Said = 'nothing' | { readonly code: string } | ReadonlyMap<string, Json>;

/** What docs/wallet-api.md makes of a reply, whatever was asked: a success, the code of a refusal, or nothing known. */
function said({ status, bytes }: Reply): Said {
  const proxied = status >= 500 || [408, 425, 429].includes(status);
  if (proxied || (status !== 200 && status < 400) || bytes.length > LIMIT_BYTES) return 'nothing';
  const value = readStrictly(bytes)?.value;
  if (!(value instanceof Map)) return 'nothing';
  const members = value as ReadonlyMap<string, Json>;
  const code = members.get('code');
  if (status === 200) return members.has('code') ? 'nothing' : members;
  const isCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code);
  return isCode && typeof members.get('message') === 'string' ? { code } : 'nothing';
}

function codeOf(verdict: Said): string {
  return typeof verdict === 'object' && 'code' in verdict ? verdict.code : '';
}

/** The balance that a success tells, where it tells one in this currency. */
function balanceIn(members: ReadonlyMap<string, Json>, unit: TestCurrency): bigint | undefined {
  const balance = members.get('balance');
  if (members.get('currency') !== unit || typeof balance !== 'string') return undefined;
  const minor = amountRule(balance, decimalsOf[unit]);
  return typeof minor === 'bigint' ? minor : undefined;
}

const refusals: Readonly<Record<string, string>> = {
  INSUFFICIENT_FUNDS: 'INSUFFICIENT_FUNDS',
  LIMIT_REACHED: 'LIMIT_REACHED',
  PLAYER_BLOCKED: 'PLAYER_BLOCKED',
  TRANSACTION_ROLLED_BACK: 'WALLET_REFUSED',
  INVALID_REQUEST: 'WALLET_REFUSED',
  INVALID_SIGNATURE: 'WALLET_REFUSED',
  STALE_TIMESTAMP: 'WALLET_REFUSED',
  UNKNOWN_PLAYER: 'WALLET_REFUSED',
  UNKNOWN_CURRENCY: 'WALLET_REFUSED',
  CURRENCY_MISMATCH: 'WALLET_REFUSED',
  INVALID_AMOUNT: 'WALLET_REFUSED',
  BALANCE_LIMIT: 'WALLET_REFUSED',
};

/** Nothing else proves that nothing was taken. */
function refusedFor(code: string): string | undefined {
  return Object.hasOwn(refusals, code) ? refusals[code] : undefined;
}

/** What the player's side may see of a reply is small, whatever the wallet wrote. */
function expectShortWarnings(): void {
  for (const line of warned.splice(0)) expect(line.length).toBeLessThan(400);
}

describe('the reply of a wallet', () => {
  const operations = fc.constantFrom('debit', 'credit', 'betWin', 'rollback');
  it(
    'a movement is acknowledged or refused only by what proves it',
    hostile(fc.tuple(replies, operations), async ([[reply, unit], operation]) => {
      next = reply;
      const transactionId = `${roundId}:${operation === 'credit' ? 'credit' : 'debit'}`;
      const transaction = {
        transactionId: ids.transaction(transactionId),
        roundId: ids.round(roundId),
        playerId: ids.player(playerId),
        gameCode: ids.game('coin'),
        sessionId: ids.session('3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6'),
        currency: unit,
      };
      const answer = await wallet[operation]({
        ...transaction,
        amountMinor: minorAmount(100n),
        winMinor: minorAmount(50n),
      });
      expectShortWarnings();
      const verdict = said(reply);
      if (verdict instanceof Map) {
        const isThisOne = verdict.get('transaction_id') === transactionId;
        const balanceMinor = isThisOne ? balanceIn(verdict, unit) : undefined;
        if (isThisOne && (operation === 'credit' || operation === 'rollback')) {
          expect(answer).toMatchObject({ kind: 'acknowledged' });
          expect('oddBalance' in answer).toBe(balanceMinor === undefined);
          return 'accepted';
        }
        expect(answer.kind).toBe(balanceMinor === undefined ? 'unknown' : 'acknowledged');
        if (balanceMinor === undefined) return 'refused';
        expect(answer).toEqual({ kind: 'acknowledged', balanceMinor });
        return 'accepted';
      }
      const code = codeOf(verdict);
      if (operation === 'rollback') {
        const isNotFound = code === 'TRANSACTION_NOT_FOUND' && reply.status === 404;
        expect(answer.kind).toBe(isNotFound ? 'not-found' : 'unknown');
        return 'refused';
      }
      const refused = verdict === 'nothing' ? undefined : refusedFor(code);
      expect(answer.kind).toBe(refused === undefined ? 'unknown' : 'refused');
      if (refused !== undefined) expect(answer).toEqual({ kind: 'refused', code: refused });
      return 'refused';
    }),
  );

  it(
    'a balance is told only for the player and the currency asked for',
    hostile(replies, async ([reply, unit]) => {
      next = reply;
      const answer = await wallet.balance(ids.player(playerId), unit);
      expectShortWarnings();
      const verdict = said(reply);
      const balanceMinor =
        verdict instanceof Map && verdict.get('player_id') === playerId
          ? balanceIn(verdict, unit)
          : undefined;
      if (balanceMinor === undefined) {
        expect(answer.kind).not.toBe('acknowledged');
        return 'refused';
      }
      expect(answer).toEqual({ kind: 'acknowledged', balanceMinor });
      return 'accepted';
    }),
  );

  it(
    'a token is accepted only for the player asked for',
    hostile(replies, async ([reply]) => {
      next = reply;
      const answer = await wallet.authenticate('token', ids.player(playerId)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(DependencyError);
        expect(error).toHaveProperty('code', 'WALLET_UNAVAILABLE');
        return 'unavailable' as const;
      });
      expectShortWarnings();
      const verdict = said(reply);
      if (answer === undefined || answer === 'unavailable') {
        const rejected = ['INVALID_TOKEN', 'UNKNOWN_PLAYER', 'PLAYER_BLOCKED'];
        const isRejected = rejected.includes(codeOf(verdict));
        expect(answer).toBe(isRejected ? undefined : 'unavailable');
        return 'refused';
      }
      expect(verdict).toBeInstanceOf(Map);
      const members = verdict as ReadonlyMap<string, Json>;
      expect([answer.playerId, answer.currency]).toEqual([members.get('player_id'), members.get('currency')]);
      expect(answer.playerId).toBe(playerId);
      return 'accepted';
    }),
  );
});
