import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileKitProbe, type KitProbe } from './kit.fixture.ts';
import { anyCharacter } from '../../shared/foundation/any-character.fixture.ts';

const LARGEST = 2n ** 63n - 1n;
const OVERFLOWED = -1n;

let probe: KitProbe;
beforeAll(async () => {
  probe = (await compileKitProbe())();
});

/** Small and large, and those next to where a type ends. */
const payouts = fc.oneof(
  fc.bigInt(0n, LARGEST),
  fc.bigInt(0n, 10n ** 12n),
  fc.bigInt(0n, 64n).map((bits) => (2n ** (bits > 62n ? 62n : bits) - 1n) * 2n),
  fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, LARGEST),
);
const factors = fc.oneof(fc.nat(0xffff_ffff), fc.nat(1_000), fc.constantFrom(0, 1, 0xffff_ffff));

function fitted(value: bigint): bigint {
  return value > LARGEST ? OVERFLOWED : value;
}

describe('a payout', () => {
  it('never becomes a wrong sum', () => {
    fc.assert(
      fc.property(payouts, payouts, (one, other) => {
        expect(probe.payout_plus(one, other)).toBe(fitted(one + other));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never becomes a wrong product', () => {
    fc.assert(
      fc.property(payouts, factors, (payout, factor) => {
        expect(probe.payout_times(payout, factor)).toBe(fitted(payout * BigInt(factor)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is shared exactly and rounded down, however large the intermediate product is', () => {
    fc.assert(
      fc.property(payouts, factors, factors, (payout, numerator, denominator) => {
        fc.pre(denominator > 0);
        const exact = (payout * BigInt(numerator)) / BigInt(denominator);
        expect(probe.payout_share(payout, numerator, denominator)).toBe(fitted(exact));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays overflowed once it has overflowed', () => {
    expect(probe.payout_plus(OVERFLOWED, 1n)).toBe(OVERFLOWED);
    expect(probe.payout_plus(5n, OVERFLOWED)).toBe(OVERFLOWED);
    expect(probe.payout_times(OVERFLOWED, 0)).toBe(OVERFLOWED);
    expect(probe.payout_share(OVERFLOWED, 1, 2)).toBe(OVERFLOWED);
  });

  it('traps where it should be shared among nobody', () => {
    expect(() => probe.payout_share(1n, 1, 0)).toThrow(WebAssembly.RuntimeError);
  });
});

describe('a JSON text that the kit writes', () => {
  it('reads back as the number, the text and the constants that were written', () => {
    const numbers = fc.bigInt(-(2n ** 63n), LARGEST);
    fc.assert(
      fc.property(numbers, fc.string({ unit: anyCharacter, maxLength: 50 }), (number, text) => {
        const units = Uint32Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
        probe.give(new Uint8Array(units.buffer));
        const length = probe.write_json(number, units.length);
        const written = Buffer.from(probe.output.buffer, probe.output.byteOffset, length).toString('ascii');
        expect(JSON.parse(written)).toEqual([Number(number), `${number}`, text, null, number < 0n]);
        expect(written).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 500 },
    );
  });
});
