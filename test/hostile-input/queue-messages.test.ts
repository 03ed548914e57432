import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  decodeRecoveryMessage,
  encodeRecoveryMessage,
} from '../../shared/rounds/adapters/recovery-message.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, spoilt } from './strings.ts';

function id(valid: string): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const integer = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 1_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(0, -1, 1.5, 999_999_999, 1e9, 2 ** 53 - 1, 2 ** 53, 1e300, '1', null),
  },
);
const first = {
  version: fc.oneof(
    { weight: 9, arbitrary: fc.constant<unknown>(1) },
    fc.constantFrom<unknown>(0, 2, '1', null, true),
  ),
  purpose: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('finish', 'confirm-void') }, hostileText),
  attempt: integer,
  operator_id: id('demo'),
  player_id: id('player123'),
  game_code: id('happy-panda'),
  round_number: integer,
};
const message = fc.oneof(
  mutatedObject(first),
  mutatedObject({
    ...first,
    owed_since_ms: fc.oneof({ weight: 3, arbitrary: integer }, fc.constantFrom(8.64e15, 8.64e15 + 1)),
    claimed_at_ms: fc.oneof({ weight: 3, arbitrary: integer }, fc.constantFrom<unknown>(8.64e15 + 1, null)),
  }),
);

const fields = ['version', 'purpose', 'attempt', 'operator_id', 'player_id', 'game_code', 'round_number'];
const later = ['owed_since_ms', 'claimed_at_ms'];

function isInteger(value: Json | undefined, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function matches(value: Json | undefined, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** The members of a message that is one, by docs and limits of its own: ids as they are made, nine digits of a number. */
function valid(text: string): ReadonlyMap<string, Json> | undefined {
  const value =
    text.isWellFormed() && !text.startsWith('\ufeff') ? readStrictly(Buffer.from(text))?.value : undefined;
  if (!(value instanceof Map)) return undefined;
  const message = value as ReadonlyMap<string, Json>;
  const isMessage =
    fields.every((name) => message.has(name)) &&
    [...message.keys()].every((name) => [...fields, ...later].includes(name)) &&
    later.every((name) => !message.has(name) || isInteger(message.get(name), 0, 8.64e15)) &&
    message.get('version') === 1 &&
    matches(message.get('purpose'), /^(?:finish|confirm-void)$/) &&
    isInteger(message.get('attempt'), 0, 999_999_999) &&
    isInteger(message.get('round_number'), 1, 999_999_999) &&
    matches(message.get('operator_id'), /^[a-z0-9][a-z0-9-]{0,31}$/) &&
    matches(message.get('player_id'), /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/) &&
    matches(message.get('game_code'), /^[a-z0-9][a-z0-9-]{0,47}$/);
  return isMessage ? message : undefined;
}

/** JSON that is written again has no zero with a sign. */
function unsigned(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value + 0;
}

describe('a message of the recovery queue', () => {
  const bodies = fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: jsonText });
  it(
    'a message names exactly one round, or is refused',
    hostile(bodies, (body) => {
      const expected = valid(body);
      if (expected === undefined) {
        expect(() => decodeRecoveryMessage(body)).toThrow(FaultError);
        expect(() => decodeRecoveryMessage(body)).toThrow(
          expect.objectContaining({ code: 'CORRUPT_RECORD' }),
        );
        return 'refused';
      }
      const request = decodeRecoveryMessage(body);
      expect([request.log.operatorId, request.log.playerId, request.log.gameCode]).toEqual(
        ['operator_id', 'player_id', 'game_code'].map((name) => expected.get(name)),
      );
      const { number, attempt, owedSinceMs, claimedAtMs } = request;
      expect([number, attempt, owedSinceMs, claimedAtMs]).toEqual(
        ['round_number', 'attempt', ...later].map((name) => expected.get(name)),
      );
      expect(decodeRecoveryMessage(encodeRecoveryMessage(request))).toEqual({
        ...request,
        attempt: unsigned(request.attempt),
        owedSinceMs: unsigned(request.owedSinceMs),
        claimedAtMs: unsigned(request.claimedAtMs),
      });
      return 'accepted';
    }),
  );
});
