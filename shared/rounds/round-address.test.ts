import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { RoundId } from '../foundation/ids.ts';
import { anyLog } from './any-round.fixture.ts';
import { addressOf, isLogHash, isSameLog, logHashOf, roundIdOf } from './round-address.ts';

const DAY_MS = 86_400_000;
const log = {
  operatorId: ids.operator('demo'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
};
const anyNumber = fc.integer({ min: 1, max: 999_999_999 });
/** The id has 16 bits for the day, so its last one is in the year 2149. */
const anyDay = fc.integer({ min: 0, max: 65_535 });
const anyTimeOfDay = fc.integer({ min: 0, max: DAY_MS - 1 });

describe('The id of a round', () => {
  it('An id is read back as the log, the number and the day that it was made of', () => {
    fc.assert(
      fc.property(anyLog, anyNumber, anyDay, anyTimeOfDay, (of, number, day, timeMs) => {
        const id = roundIdOf(of, number, day * DAY_MS + timeMs);
        expect(addressOf(id)).toEqual({ logHash: logHashOf(of), number, day });
      }),
      { examples: [1, 999_999_999].map((number) => [log, number, 65_535, DAY_MS - 1]) },
    );
  });

  it('An id is a UUID of version 8 as RFC 9562 writes it, and is accepted as one', () => {
    fc.assert(
      fc.property(anyLog, anyNumber, anyDay, (of, number, day) => {
        const id = roundIdOf(of, number, day * DAY_MS);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(RoundId.parse(id)).toBe(id);
      }),
    );
  });

  it('Two rounds that differ in log, number or day have different ids', () => {
    const any = fc.tuple(fc.constantFrom(log, { ...log, gameCode: ids.game('coin') }), anyNumber, anyDay);
    fc.assert(
      fc.property(any, any, ([one, number, day], [other, otherNumber, otherDay]) => {
        const id = roundIdOf(one, number, day * DAY_MS);
        const isSame = one === other && number === otherNumber && day === otherDay;
        expect(roundIdOf(other, otherNumber, otherDay * DAY_MS) === id).toBe(isSame);
        expect(roundIdOf(one, number, otherDay * DAY_MS) === id).toBe(day === otherDay);
        expect(roundIdOf(one, otherNumber, day * DAY_MS) === id).toBe(number === otherNumber);
      }),
    );
  });

  it('An id keeps its form, because every later build reads what was stored once', () => {
    const startedAtMs = Date.UTC(2026, 10, 30);
    expect(roundIdOf(log, 1, startedAtMs)).toBe('eb7b1981-a000-82db-8000-00013db35133');
    expect(roundIdOf(log, 999_999_999, startedAtMs)).toBe('eb7b1981-a000-82db-bb9a-c9ff3db35133');
  });
});

describe('The address of an id', () => {
  it.each([0, 1_000_000_000, 0x3fff_ffff])(
    'There is no address where the id has the number %i, which no round can have',
    (number) => {
      expect(addressOf(roundIdOf(log, number, 0))).toBeUndefined();
    },
  );

  it.each(['0', '7', 'c', 'f'])('There is no address where the variant of the id is %s', (variant) => {
    const id = roundIdOf(log, 1, 0);
    expect(addressOf(ids.round(`${id.slice(0, 19)}${variant}${id.slice(20)}`))).toBeUndefined();
  });

  it.each(['0', '4', '7', '9', 'f'])('There is no address where the version of the id is %s', (version) => {
    const id = roundIdOf(log, 1, 0);
    expect(addressOf(ids.round(`${id.slice(0, 14)}${version}${id.slice(15)}`))).toBeUndefined();
  });

  it('There is no address in a text that is no id', () => {
    for (const text of ['', 'round-1', 'x'.repeat(36)]) expect(addressOf(ids.round(text))).toBeUndefined();
  });
});

describe('The hash of a log', () => {
  it("The hash of a log is the first 76 bits of its names' SHA-256", () => {
    const sha256 = createHash('sha256').update('demo#player123#happy-panda').digest('hex');
    expect(logHashOf(log)).toBe(sha256.slice(0, 19));
  });

  it('A hash of a log is told from every other text', () => {
    const hash = logHashOf(log);
    expect(isLogHash(hash)).toBe(true);
    for (const text of ['', hash.slice(1), `${hash}0`, `g${hash.slice(1)}`, hash.toUpperCase(), `${hash}\n`])
      expect([text, isLogHash(text)]).toEqual([text, false]);
  });

  it('Another log has another hash, also where the names run on into each other', () => {
    fc.assert(
      fc.property(anyLog, anyLog, (one, other) => {
        expect(logHashOf(one) === logHashOf(other)).toBe(isSameLog(one, other));
      }),
    );
    const runs = { ...log, operatorId: ids.operator('demop'), playerId: ids.player('layer123') };
    expect(logHashOf(runs)).not.toBe(logHashOf(log));
  });

  it('A log is the same where operator, player and game are', () => {
    expect(isSameLog(log, { ...log })).toBe(true);
    expect(isSameLog(log, { ...log, operatorId: ids.operator('other') })).toBe(false);
    expect(isSameLog(log, { ...log, playerId: ids.player('other') })).toBe(false);
    expect(isSameLog(log, { ...log, gameCode: ids.game('other') })).toBe(false);
  });
});
