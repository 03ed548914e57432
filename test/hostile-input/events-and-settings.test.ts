import { afterEach, describe, expect, vi, it } from 'vitest';
import fc from 'fast-check';
import { setting } from '../../functions/_runtime/environment.ts';
import { decodeDetail } from '../../shared/events/adapters/event-detail.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, numeral, spoilt } from './strings.ts';

afterEach(() => void vi.unstubAllEnvs());

const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
const sessionId = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const money = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('1', '0', '15') }, numeral);
const detail = mutatedObject({
  version: fc.constantFrom<unknown>(1, 1, 1, 1, 1, 1, 1, 2, '1'),
  event_id: nearly(`${roundId}:ended`),
  at: nearly('2026-11-18T11:06:40.123Z'),
  operator_id: nearly('demo'),
  player_id: nearly('player123'),
  game_code: nearly('coin'),
  round_id: nearly(roundId),
  round_number: fc.constantFrom<unknown>(1, 1, 1, 42, 999_999_999, 1_000_000_000, 0, 1.5, '1', 2 ** 53),
  session_id: nearly(sessionId),
  kind: nearly('spin'),
  status: nearly('CREDITED'),
  currency: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(decimalsOf)) }, hostileText),
  stake: money,
  win: money,
});

type Detail = Readonly<Record<string, unknown>>;

const forms: Readonly<Record<string, RegExp>> = {
  event_id: /^[!-~]{1,128}$/,
  at: /^(?:19[7-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/,
  operator_id: /^[a-z0-9][a-z0-9-]{0,31}$/,
  player_id: /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/,
  game_code: /^[a-z0-9][a-z0-9-]{0,47}$/,
  round_id: /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  session_id: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  kind: /^(?:spin|bonus)$/,
  status: /^(?:INTENT|COMMITTED|CREDITED|REJECTED|FAILED|VOIDING|VOIDED)$/,
};
const names = [...Object.keys(forms), 'version', 'round_number', 'currency', 'stake', 'win'];

function isAmount(text: unknown, currency: unknown): boolean {
  if (typeof text !== 'string' || typeof currency !== 'string' || !Object.hasOwn(decimalsOf, currency))
    return false;
  return typeof amountRule(text, decimalsOf[currency as TestCurrency]) === 'bigint';
}

function isDetail(value: unknown): value is Detail {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const told = value as Detail;
  const number = told['round_number'];
  return (
    Object.keys(told).length === names.length &&
    names.every((name) => Object.hasOwn(told, name)) &&
    Object.entries(forms).every(([name, form]) => typeof told[name] === 'string' && form.test(told[name])) &&
    told['version'] === 1 &&
    Number.isInteger(number) &&
    Number(number) >= 1 &&
    Number(number) <= 999_999_999 &&
    isAmount(told['stake'], told['currency']) &&
    isAmount(told['win'], told['currency'])
  );
}

/** As EventBridge does before it hands a detail over: what is no JSON never reaches a function. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('an event of the bus', () => {
  const types = fc.oneof({ weight: 9, arbitrary: fc.constant('round.ended') }, hostileText);
  it(
    'an event tells exactly what its detail says, or is refused',
    hostile(fc.tuple(detail, types), ([text, type]) => {
      const told = parsed(text);
      if (type !== 'round.ended' || !isDetail(told)) {
        expect(() => decodeDetail(type, told)).toThrow(FaultError);
        expect(() => decodeDetail(type, told)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
        return 'refused';
      }
      const event = decodeDetail(type, told);
      expect([event.stake, event.win, event.currency, event.roundId]).toEqual(
        ['stake', 'win', 'currency', 'round_id'].map((name) => told[name]),
      );
      expect(new Date(event.atMs).toISOString()).toBe(told['at']);
      return 'accepted';
    }),
  );
});

describe('a setting of a function', () => {
  const texts = fc.oneof(
    numeral,
    hostileText,
    fc.integer({ min: 1 }).map(String),
    spoilt(fc.constant('30000')),
  );
  // An environment variable ends at the first NUL, whatever was meant.
  const settable = texts.filter((text) => !text.includes('\0') && text.isWellFormed());
  it(
    'a setting is the integer that it is written as, or stops the function',
    hostile(settable, (text) => {
      vi.stubEnv('ROUND_LEASE_MS', text);
      if (/^[1-9][0-9]{0,14}$/.test(text)) {
        expect(BigInt(setting('ROUND_LEASE_MS'))).toBe(BigInt(text));
        return 'accepted';
      }
      expect(() => setting('ROUND_LEASE_MS')).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
      return 'refused';
    }),
  );
});
