import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { violationOfDataKey, violationOfSigned } from './judge-signed-change.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const MINUTE_MS = 60_000;

type Version = {
  readonly pk: string;
  readonly content: string;
  readonly signedAtMs: bigint;
};

/** The versions of one item in the order in which they were signed, the last of them just now. */
const histories = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 * 24 * 60 * MINUTE_MS }), { minLength: 2, maxLength: 8 })
  .chain((ages) => fc.tuple(...ages.toSorted((a, b) => b - a).map(version)));

const version = (ageMs: number): fc.Arbitrary<Version> =>
  fc
    .string({ maxLength: 2 })
    .map((content) => ({ pk: 'operator#demo', content, signedAtMs: BigInt(NOW_MS - ageMs) }));

describe('A signed item changes forwards only:', () => {
  it('each version may follow every earlier one', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(), (history, one, other) => {
        const [before, after] = two(history, one, other);
        expect(violationOfSigned({ before, after }, NOW_MS)).toBeUndefined();
      }),
    );
  });

  it('no earlier version may follow a later one', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(), (history, one, other) => {
        const [after, before] = two(history, one, other);
        expect(violationOfSigned({ before, after }, NOW_MS)).toBe('PUT_BACK');
      }),
    );
  });

  it('two versions of the same time are one', () => {
    fc.assert(
      fc.property(version(0), version(0), (before, after) => {
        const wanted = before.content === after.content ? undefined : 'PUT_BACK';
        expect(violationOfSigned({ before, after }, NOW_MS)).toBe(wanted);
      }),
    );
  });

  it('no version is deleted', () => {
    fc.assert(
      fc.property(version(0), (before) => {
        expect(violationOfSigned({ before, after: undefined }, NOW_MS)).toBe('DELETED');
      }),
    );
  });

  it.each<[number, string | undefined]>([
    [-MINUTE_MS, undefined],
    [0, undefined],
    [5 * MINUTE_MS, undefined],
    [5 * MINUTE_MS + 1, 'PUT_BACK'],
    [400 * 24 * 60 * MINUTE_MS, 'PUT_BACK'],
  ])('one that is put %d ms after its signing, where none is, counts as %s', (ageMs, wanted) => {
    const after = { pk: 'games', signedAtMs: BigInt(NOW_MS - ageMs) };
    expect(violationOfSigned({ before: undefined, after }, NOW_MS)).toBe(wanted);
  });

  /** Two versions of a history, the earlier one first. */
  function two(history: readonly Version[], one: number, other: number): [Version, Version] {
    const first = one % (history.length - 1);
    const second = first + 1 + (other % (history.length - 1 - first));
    return [history[first], history[second]] as [Version, Version];
  }
});

it('A data key is put once, and neither replaced nor deleted', () => {
  const [key, other] = [new Uint8Array([1]), new Uint8Array([2])];
  expect(violationOfDataKey({ before: undefined, after: key })).toBeUndefined();
  expect(violationOfDataKey({ before: key, after: key.slice() })).toBeUndefined();
  expect(violationOfDataKey({ before: key, after: other })).toBe('PUT_BACK');
  expect(violationOfDataKey({ before: key, after: undefined })).toBe('DELETED');
});
