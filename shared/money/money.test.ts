import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Currency, currencyOf, KnownCurrencyCode } from './currency.ts';
import { RgsError } from '../foundation/errors.ts';
import {
  formatAmount,
  MAX_AMOUNT_MINOR,
  maxAmountMinor,
  type MinorAmount,
  minorAmount,
  minus,
  NOTHING,
  parseAmount,
  plus,
  type RoundingMode,
  winFor,
} from './money.ts';

const RUNS = 1_000;
const EUR = currencyOf('EUR');

const currency = fc.constantFrom('JPY', 'EUR', 'KWD', 'BHD', 'USDT', 'BTC', 'ETH').map(currencyOf);

/** Amounts of every size up to the largest, and the neighbours of powers of ten and two. */
function amountIn(unit: Currency): fc.Arbitrary<MinorAmount> {
  const max = maxAmountMinor(unit);
  const edge = fc
    .tuple(fc.constantFrom(2n, 10n), fc.nat(120), fc.constantFrom(-1n, 0n, 1n))
    .map(([base, power, step]) => base ** BigInt(power) + step);
  const anyMinor = fc.oneof(
    fc.bigInt({ min: 0n, max }),
    fc.bigInt({ min: 0n, max: 10_000n }),
    edge.filter((minor) => minor >= 0n && minor <= max),
    fc.constantFrom(0n, 1n, max - 1n, max),
  );
  return anyMinor.map(minorAmount);
}

const amount = currency.chain((unit) => fc.tuple(amountIn(unit), fc.constant(unit)));

/** Writes the same amount by digits alone: the point goes before the last ones. */
function written(minor: bigint, { decimals }: Currency): string {
  const digits = minor.toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof RgsError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('amounts', () => {
  it('survive being written and read back in every currency, to the minor unit', () => {
    const survives = fc.property(amount, ([minor, unit]) => {
      expect(parseAmount(formatAmount(minor, unit), unit)).toBe(minor);
    });
    fc.assert(survives, { numRuns: RUNS });
  });

  it('are written plainly, with all decimals of the currency and no exponent', () => {
    const plain = fc.property(amount, ([minor, unit]) => {
      expect(formatAmount(minor, unit)).toBe(written(minor, unit));
    });
    fc.assert(plain, { numRuns: RUNS });
    expect(formatAmount(minorAmount(1n), currencyOf('BTC'))).toBe('0.00000001');
    expect(formatAmount(minorAmount(1n), currencyOf('ETH'))).toBe('0.000000000000000001');
    expect(formatAmount(minorAmount(1_005n), currencyOf('KWD'))).toBe('1.005');
    expect(formatAmount(minorAmount(100n), currencyOf('JPY'))).toBe('100');
  });

  it('are written with a sign below zero, as the change of a balance may be', () => {
    const mirrored = fc.property(amount, ([minor, unit]) => {
      expect(formatAmount(minus(NOTHING, minor), unit)).toBe(
        minor === 0n ? written(0n, unit) : `-${written(minor, unit)}`,
      );
    });
    fc.assert(mirrored, { numRuns: RUNS });
  });

  it('are read the same with fewer or more zeros at the end', () => {
    const same = fc.property(amount, fc.nat(4), ([minor, unit], zeros) => {
      const full = written(minor, unit);
      const [integer = '', fraction = ''] = full.split('.');
      const short = fraction.replace(/0+$/, '');
      expect(parseAmount(short === '' ? integer : `${integer}.${short}`, unit)).toBe(minor);
      const long = `${integer}.${fraction}${'0'.repeat(zeros)}`;
      if (fraction.length + zeros >= 1 && fraction.length + zeros <= 18)
        expect(parseAmount(long, unit)).toBe(minor);
    });
    fc.assert(same, { numRuns: RUNS });
  });

  it('are never read or written alike where they differ by one minor unit', () => {
    const differ = fc.property(amount, ([minor, unit]) => {
      fc.pre(minor < maxAmountMinor(unit));
      const [lower, upper] = [formatAmount(minor, unit), formatAmount(minorAmount(minor + 1n), unit)];
      expect(upper).not.toBe(lower);
      expect(parseAmount(upper, unit) - parseAmount(lower, unit)).toBe(1n);
    });
    fc.assert(differ, { numRuns: RUNS });
  });

  it('add up from their parts to the whole, to the minor unit', () => {
    const parts = currency.chain((unit) =>
      fc.tuple(
        fc.array(fc.bigInt({ min: 0n, max: maxAmountMinor(unit) / 50n }), { maxLength: 50 }),
        fc.constant(unit),
      ),
    );
    const adds = fc.property(parts, ([minors, unit]) => {
      const whole = minors.reduce((sum, minor) => sum + minor, 0n);
      const read = minors.map((minor) => parseAmount(written(minor, unit), unit));
      const sum = read.reduce((total, minor) => plus(total, minor), NOTHING);
      expect(formatAmount(sum, unit)).toBe(written(whole, unit));
    });
    fc.assert(adds, { numRuns: RUNS });
  });

  it('come back where another is added and taken away again', () => {
    const pair = currency.chain((unit) => fc.tuple(amountIn(unit), amountIn(unit)));
    const same = fc.property(pair, ([one, other]) => {
      expect(plus(one, other)).toBe(plus(other, one));
      expect(minus(plus(one, other), other)).toBe(one);
      expect(plus(minus(one, other), other)).toBe(one);
    });
    fc.assert(same, { numRuns: RUNS });
    expect(plus(minorAmount(150n), minorAmount(25n))).toBe(175n);
    expect(minus(minorAmount(25n), minorAmount(150n))).toBe(-125n);
    expect(minus(NOTHING, NOTHING)).toBe(0n);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '-1',
    '1e2',
    '0x1',
    '1,00',
    '.5',
    '1.',
    '01',
    'NaN',
    'Infinity',
    '１',
    '1_0',
    '1\n',
  ])('are not read from %j', (text) => {
    expect(codeOf(() => parseAmount(text, EUR))).toBe('INVALID_AMOUNT');
  });

  it('may not have more decimals than the currency, except for zeros that change nothing', () => {
    expect(codeOf(() => parseAmount('1.001', EUR))).toBe('AMOUNT_TOO_PRECISE');
    expect(codeOf(() => parseAmount('1.5', currencyOf('JPY')))).toBe('AMOUNT_TOO_PRECISE');
    expect(parseAmount('1.500', EUR)).toBe(150n);
  });

  it('are refused rather than rounded at half of the smallest unit, in every currency', () => {
    const refused = fc.property(amount, fc.integer({ min: 1, max: 9 }), ([minor, unit], digit) => {
      fc.pre(unit.decimals < 18);
      const text = `${written(minor, unit)}${unit.decimals === 0 ? '.' : ''}${digit}`;
      expect(codeOf(() => parseAmount(text, unit))).toBe('AMOUNT_TOO_PRECISE');
    });
    fc.assert(refused, { numRuns: RUNS });
  });

  it('have at most 18 digits before the point, in every currency', () => {
    for (const unit of ['JPY', 'EUR', 'KWD', 'BTC', 'ETH'].map(currencyOf)) {
      const largest = `${'9'.repeat(18)}${unit.decimals === 0 ? '' : '.'}${'9'.repeat(unit.decimals)}`;
      expect(parseAmount(largest, unit)).toBe(maxAmountMinor(unit));
      expect(formatAmount(maxAmountMinor(unit), unit)).toBe(largest);
      expect(codeOf(() => parseAmount(`1${'0'.repeat(18)}`, unit))).toBe('INVALID_AMOUNT');
      expect(maxAmountMinor(unit)).toBeLessThanOrEqual(MAX_AMOUNT_MINOR);
    }
  });

  it('exist also in a currency of 18 decimals where they are one and more', () => {
    expect(parseAmount('1.5', currencyOf('ETH'))).toBe(1_500_000_000_000_000_000n);
    expect(parseAmount('120000000.000000000000000001', currencyOf('ETH'))).toBe(
      120_000_000n * 10n ** 18n + 1n,
    );
  });

  it('exist in no currency that is not listed', () => {
    expect(codeOf(() => currencyOf('XXX'))).toBe('UNKNOWN_CURRENCY');
    expect(codeOf(() => currencyOf('constructor'))).toBe('UNKNOWN_CURRENCY');
  });
});

/** The exact product, as whole units and a remainder in millionths of a unit. */
function exactly(payoutMillionths: bigint, betMinor: bigint) {
  const millionths = payoutMillionths * betMinor;
  return { whole: millionths / 1_000_000n, left: millionths % 1_000_000n };
}

const rule: Readonly<Record<RoundingMode, (whole: bigint, left: bigint) => bigint>> = {
  down: (whole) => whole,
  'half-up': (whole, left) => whole + (left >= 500_000n ? 1n : 0n),
  'half-even': (whole, left) =>
    whole + (left > 500_000n || (left === 500_000n && whole % 2n === 1n) ? 1n : 0n),
};

describe('a win', () => {
  /** An engine can answer with any signed integer of 64 bits. Ties come up often. */
  const payout = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 10_000_000_000n }),
    fc.bigInt({ min: 0n, max: 100_000n }).map((halves) => halves * 500_000n),
    fc.constantFrom(0n, 1n, 499_999n, 500_000n, 500_001n, 1_000_000n, 1_500_000n, 2_500_000n),
  );
  const bet = currency.chain((unit) => fc.tuple(amountIn(unit), fc.constant(unit)));
  const mode = fc.constantFrom<RoundingMode>('half-even', 'half-up', 'down');

  it('is the exact product, rounded once by its rule, for every payout and every bet up to the largest', () => {
    const exact = fc.property(payout, bet, mode, (millionths, [betMinor, unit], rounding) => {
      const { whole, left } = exactly(millionths, betMinor);
      const expected = rule[rounding](whole, left);
      const win = () => winFor(millionths, betMinor, unit, rounding);
      if (expected > maxAmountMinor(unit)) expect(codeOf(win)).toBe('CORRUPT_RECORD');
      else expect(win()).toBe(expected);
    });
    fc.assert(exact, { numRuns: 5 * RUNS });
  });

  it('equals the bet for a payout of one bet, and a multiple of the bet for a whole multiple', () => {
    const multiple = fc.property(fc.bigInt({ min: 0n, max: 10_000n }), bet, (times, [betMinor, unit]) => {
      const stakeMinor = minorAmount(betMinor / 10_000n);
      for (const rounding of ['half-even', 'half-up', 'down'] as const) {
        expect(winFor(times * 1_000_000n, stakeMinor, unit, rounding)).toBe(times * stakeMinor);
      }
    });
    fc.assert(multiple, { numRuns: RUNS });
  });

  it('never shrinks when the payout or the bet grows', () => {
    const small = fc.bigInt({ min: 0n, max: 10n ** 9n });
    const bets = small.map(minorAmount);
    const grows = fc.property(small, bets, small, mode, (millionths, betMinor, more, rounding) => {
      const win = winFor(millionths, betMinor, EUR, rounding);
      expect(winFor(millionths + more, betMinor, EUR, rounding)).toBeGreaterThanOrEqual(win);
      expect(winFor(millionths, minorAmount(betMinor + more), EUR, rounding)).toBeGreaterThanOrEqual(win);
    });
    fc.assert(grows, { numRuns: RUNS });
  });

  it('is the sum of its parts where they are whole, and differs by half a unit at most for each other part', () => {
    const parts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 });
    const bets = fc.bigInt({ min: 1n, max: 10n ** 9n }).map(minorAmount);
    const adds = fc.property(parts, bets, (payouts, betMinor) => {
      const sum = (numbers: readonly bigint[]) => numbers.reduce((total, number) => total + number, 0n);
      const whole = winFor(sum(payouts), betMinor, EUR);
      const apart = sum(payouts.map((part) => winFor(part, betMinor, EUR)));
      const isWhole = payouts.every((part) => exactly(part, betMinor).left === 0n);
      const twiceOff = 2n * (whole > apart ? whole - apart : apart - whole);
      expect(twiceOff).toBeLessThanOrEqual(isWhole ? 0n : BigInt(payouts.length) + 1n);
    });
    fc.assert(adds, { numRuns: RUNS });
  });

  it('rounds a tie to the even unit by default', () => {
    expect(winFor(500_000n, minorAmount(1n), EUR)).toBe(0n);
    expect(winFor(500_000n, minorAmount(3n), EUR)).toBe(2n);
    expect(winFor(500_000n, minorAmount(5n), EUR)).toBe(2n);
    expect(winFor(500_000n, minorAmount(3n), EUR, 'half-up')).toBe(2n);
    expect(winFor(500_000n, minorAmount(5n), EUR, 'half-up')).toBe(3n);
    expect(winFor(500_000n, minorAmount(5n), EUR, 'down')).toBe(2n);
  });

  it('is refused where a payout or a bet is negative', () => {
    expect(codeOf(() => winFor(-1n, minorAmount(1n), EUR))).toBe('CORRUPT_RECORD');
    expect(codeOf(() => winFor(1n, minorAmount(-1n), EUR))).toBe('CORRUPT_RECORD');
  });

  it('is refused where it would not fit an amount of its currency', () => {
    for (const unit of ['JPY', 'EUR', 'ETH'].map(currencyOf)) {
      const max = maxAmountMinor(unit);
      expect(winFor(1_000_000n, max, unit)).toBe(max);
      expect(codeOf(() => winFor(1_000_001n, max, unit))).toBe('CORRUPT_RECORD');
    }
  });
});

describe('the largest amount', () => {
  it('is that of the currency with the most decimals', () => {
    expect(MAX_AMOUNT_MINOR).toBe(maxAmountMinor(currencyOf('ETH')));
    expect(MAX_AMOUNT_MINOR).toBe(10n ** 36n - 1n);
  });
});

it('A currency code is accepted where it is known, and no other', () => {
  for (const code of ['EUR', 'JPY', 'ETH']) expect(KnownCurrencyCode.parse(code)).toBe(code);
  for (const code of ['XXX', 'eur', '', 5]) expect(KnownCurrencyCode.safeParse(code).success).toBe(false);
});
