import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { WalletRefusal } from '../../infra/demo-wallet/refusal.ts';
import { readBetWin, readMovement } from '../../infra/demo-wallet/request.ts';
import { verifySignature } from '../../infra/demo-wallet/signature.ts';
import { signatureHeaders } from '../../shared/wallets/adapters/wallet-signature.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, numeral, spoilt } from './strings.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
const sessionId = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const LARGEST = 10n ** 18n - 1n;

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const movement = {
  transaction_id: nearly(`${roundId}:debit`),
  round_id: nearly(roundId),
  player_id: nearly('player123'),
  session_id: nearly(sessionId),
  game_code: nearly('coin'),
  amount: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('1', '15', '0.00') }, numeral),
  currency: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(decimalsOf)) }, hostileText),
};
const win = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('1', '15', '0') }, numeral);

const forms: Readonly<Record<string, RegExp>> = {
  transaction_id: /^[!-~]{1,128}$/,
  round_id: /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  player_id: /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/,
  session_id: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  game_code: /^[a-z0-9][a-z0-9-]{0,47}$/,
};

/** The amounts of a body that is a movement, or that moves stake and win at once; undefined for any other. */
function amountsOf(bytes: Uint8Array, names: readonly ('amount' | 'win')[]): readonly bigint[] | undefined {
  const value = readStrictly(bytes)?.value;
  if (!(value instanceof Map)) return undefined;
  const fields = value as ReadonlyMap<string, Json>;
  const currency = fields.get('currency');
  const isMovement =
    fields.size === 6 + names.length &&
    Object.entries(forms).every(([name, form]) => {
      const field = fields.get(name);
      return typeof field === 'string' && form.test(field);
    }) &&
    typeof currency === 'string' &&
    Object.hasOwn(decimalsOf, currency);
  if (!isMovement) return undefined;
  const amounts = names.map((name) => {
    const text = fields.get(name);
    const minor = typeof text === 'string' ? amountRule(text, decimalsOf[currency as TestCurrency]) : -1n;
    return typeof minor === 'bigint' ? minor : -1n;
  });
  const [amount = 0n] = amounts;
  return amount > 0n && amounts.every((minor) => minor >= 0n && minor <= LARGEST) ? amounts : undefined;
}

describe('the demo wallet', () => {
  const bodies = asBytes(
    fc.oneof({ weight: 9, arbitrary: mutatedObject(movement) }, { weight: 1, arbitrary: jsonText }),
  );
  it(
    'a movement of the demo wallet is read to the minor unit, or refused with a code',
    hostile(bodies, (body) => {
      const amounts = amountsOf(body, ['amount']);
      if (amounts === undefined) {
        expect(() => readMovement(body)).toThrow(WalletRefusal);
        return 'refused';
      }
      expect(readMovement(body).amountMinor).toBe(amounts[0]);
      return 'accepted';
    }),
  );

  const betWin = mutatedObject({ ...movement, win });
  it(
    'a bet-win of the demo wallet is read to the minor unit, or refused with a code',
    hostile(asBytes(betWin), (body) => {
      const amounts = amountsOf(body, ['amount', 'win']);
      if (amounts === undefined) {
        expect(() => readBetWin(body)).toThrow(WalletRefusal);
        return 'refused';
      }
      const { amountMinor, winMinor } = readBetWin(body);
      expect([amountMinor, winMinor]).toEqual(amounts);
      return 'accepted';
    }),
  );

  const secret = 'a secret shared by two';
  const nowMs = 1_700_000_000_000;
  const signed = fc
    .tuple(
      fc.constantFrom('none', 'none', 'none', 'body', 'path', 'secret', 'stale', 'header', 'missing'),
      fc.constantFrom('x-rgs-operator', 'x-rgs-timestamp', 'x-rgs-signature'),
      fc.uint8Array({ maxLength: 20 }),
      fc.oneof(hostileText, spoilt(fc.constant('demo'))),
      fc.integer({ min: -400_000, max: 400_000 }),
    )
    .map(([kind, name, body, text, offMs]) => {
      const timestampMs = kind === 'stale' ? nowMs + offMs : nowMs;
      const request = { path: '/wallet/debit', operatorId: ids.operator('demo'), timestampMs, body };
      const headers: Record<string, string> = signatureHeaders(
        kind === 'secret' ? `${secret}2` : secret,
        request,
      );
      const isFresh = Math.abs(timestampMs - nowMs) <= 300_000;
      const isSame = kind !== 'header' || headers[name] === text;
      if (kind === 'header') headers[name] = text;
      if (kind === 'missing') delete headers[name];
      return {
        headers,
        path: kind === 'path' ? '/wallet/rollback' : '/wallet/debit',
        body: kind === 'body' ? new Uint8Array([...body, 0]) : body,
        isMine: (kind === 'none' || kind === 'stale' || kind === 'header') && isFresh && isSame,
      };
    });
  it(
    'a call of the demo wallet is from the operator that signed it, or refused with a code',
    hostile(signed, ({ isMine, ...call }) => {
      if (!isMine) {
        expect(() => verifySignature(secret, call, nowMs)).toThrow(WalletRefusal);
        return 'refused';
      }
      expect(verifySignature(secret, call, nowMs)).toBe('demo');
      return 'accepted';
    }),
  );
});
