import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { WalletRefusal } from '../../infra/demo-wallet/refusal.ts';
import { readMovement } from '../../infra/demo-wallet/request.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, numeral, spoilt } from './strings.ts';

const id = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const LARGEST = 10n ** 18n - 1n;

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const movement = mutatedObject({
  transaction_id: nearly(`${id}:debit`),
  round_id: nearly(id),
  player_id: nearly('player123'),
  session_id: nearly(id),
  game_code: nearly('coin'),
  amount: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('1', '15', '0.00') }, numeral),
  currency: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(decimalsOf)) }, hostileText),
});

const forms: Readonly<Record<string, RegExp>> = {
  transaction_id: /^[!-~]{1,128}$/,
  round_id: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  player_id: /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/,
  session_id: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  game_code: /^[a-z0-9][a-z0-9-]{0,47}$/,
};

/** The amount of a body that is a movement; undefined for any other. */
function amountOf(bytes: Uint8Array): bigint | undefined {
  const value = readStrictly(bytes)?.value;
  if (!(value instanceof Map)) return undefined;
  const fields = value as ReadonlyMap<string, Json>;
  const [amount, currency] = [fields.get('amount'), fields.get('currency')];
  const isMovement =
    fields.size === 7 &&
    Object.entries(forms).every(([name, form]) => {
      const field = fields.get(name);
      return typeof field === 'string' && form.test(field);
    }) &&
    typeof amount === 'string' &&
    typeof currency === 'string' &&
    Object.hasOwn(decimalsOf, currency);
  if (!isMovement) return undefined;
  const minor = amountRule(amount, decimalsOf[currency as TestCurrency]);
  return typeof minor === 'bigint' && minor > 0n && minor <= LARGEST ? minor : undefined;
}

describe('the demo wallet', () => {
  const bodies = asBytes(fc.oneof({ weight: 9, arbitrary: movement }, { weight: 1, arbitrary: jsonText }));
  it(
    'a movement of the demo wallet is read to the minor unit, or refused with a code',
    hostile(bodies, (body) => {
      const amountMinor = amountOf(body);
      if (amountMinor === undefined) {
        expect(() => readMovement(body)).toThrow(WalletRefusal);
        return 'refused';
      }
      expect(readMovement(body).amountMinor).toBe(amountMinor);
      return 'accepted';
    }),
  );
});
