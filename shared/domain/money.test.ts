import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyOf } from './currency.ts';
import { RgsError } from './errors.ts';
import { formatAmount, MAX_AMOUNT_MINOR, parseAmount, winFor } from './money.ts';

const decimals = fc.constantFrom(0, 2, 3, 8, 18);
const currency = decimals.map((count) => ({ code: 'TST', decimals: count }));
const amountMinor = fc.bigInt({ min: 0n, max: MAX_AMOUNT_MINOR });

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
  it('survive being written and read back, in every currency, to the minor unit', () => {
    fc.assert(
      fc.property(amountMinor, currency, (minor, unit) => {
        expect(parseAmount(formatAmount(minor, unit), unit)).toBe(minor);
      }),
    );
  });

  it('are written plainly, with all decimals of the currency and no exponent', () => {
    fc.assert(
      fc.property(amountMinor, currency, (minor, unit) => {
        const pattern = unit.decimals === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${unit.decimals}}$`);
        expect(formatAmount(minor, unit)).toMatch(pattern);
      }),
    );
    expect(formatAmount(1n, currencyOf('BTC'))).toBe('0.00000001');
    expect(formatAmount(100n, currencyOf('JPY'))).toBe('100');
    expect(formatAmount(-150n, currencyOf('EUR'))).toBe('-1.50');
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
  ])('refuse %j', (text) => {
    expect(codeOf(() => parseAmount(text, currencyOf('EUR')))).toBe('INVALID_AMOUNT');
  });

  it('refuse more decimals than the currency has, but take zeros that change nothing', () => {
    expect(codeOf(() => parseAmount('1.001', currencyOf('EUR')))).toBe('AMOUNT_TOO_PRECISE');
    expect(codeOf(() => parseAmount('1.5', currencyOf('JPY')))).toBe('AMOUNT_TOO_PRECISE');
    expect(parseAmount('1.500', currencyOf('EUR'))).toBe(150n);
  });

  it('refuse what is larger than an amount may be', () => {
    expect(parseAmount('999999999999999999', currencyOf('JPY'))).toBe(MAX_AMOUNT_MINOR);
    expect(codeOf(() => parseAmount('1000000000000000000', currencyOf('JPY')))).toBe('INVALID_AMOUNT');
    expect(codeOf(() => parseAmount('9999999999999999999', currencyOf('EUR')))).toBe('INVALID_AMOUNT');
  });

  it('know no currency that is not listed', () => {
    expect(codeOf(() => currencyOf('XXX'))).toBe('UNKNOWN_CURRENCY');
    expect(codeOf(() => currencyOf('constructor'))).toBe('UNKNOWN_CURRENCY');
  });
});

describe('a win', () => {
  const payout = fc.bigInt({ min: 0n, max: 10_000_000_000n });
  const bet = fc.bigInt({ min: 0n, max: 10n ** 8n });

  it('differs from the exact product by no more than half a minor unit, and lies between rounding down and up', () => {
    fc.assert(
      fc.property(payout, bet, (millionths, betMinor) => {
        const exact = millionths * betMinor;
        const even = winFor(millionths, betMinor);
        const twiceOff = 2n * (even * 1_000_000n - exact);
        expect(twiceOff <= 1_000_000n && twiceOff >= -1_000_000n).toBe(true);
        expect(winFor(millionths, betMinor, 'down')).toBe(exact / 1_000_000n);
        expect(winFor(millionths, betMinor, 'half-up')).toBe((2n * exact + 1_000_000n) / 2_000_000n);
      }),
    );
  });

  it('rounds a tie to the even unit by default', () => {
    expect(winFor(500_000n, 1n)).toBe(0n);
    expect(winFor(500_000n, 3n)).toBe(2n);
    expect(winFor(500_000n, 5n)).toBe(2n);
    expect(winFor(500_000n, 3n, 'half-up')).toBe(2n);
    expect(winFor(500_000n, 5n, 'half-up')).toBe(3n);
  });

  it('is refused where a payout or a bet is negative, or the win would not fit an amount', () => {
    expect(codeOf(() => winFor(-1n, 1n))).toBe('CORRUPT_RECORD');
    expect(codeOf(() => winFor(1n, -1n))).toBe('CORRUPT_RECORD');
    expect(codeOf(() => winFor(10n ** 12n, MAX_AMOUNT_MINOR))).toBe('CORRUPT_RECORD');
  });
});
