/** Minor units of the currencies that the tests play in, by ISO 4217 and the crypto-currencies' own protocols. */
export const decimalsOf = { EUR: 2, JPY: 0, KWD: 3, BTC: 8, USDT: 6, ETH: 18 } as const;
export type TestCurrency = keyof typeof decimalsOf;

/**
 * States the rule of amounts once more, without decimals or patterns. The answer is the minor units of a decimal string,
 * or the codes that say what is wrong with it.
 */
export function amountRule(text: string, decimals: number): bigint | readonly string[] {
  const [integer = '', fraction, ...more] = text.split('.');
  const isPlain =
    more.length === 0 &&
    isDigits(integer) &&
    (fraction === undefined || isDigits(fraction)) &&
    (integer === '0' || !integer.startsWith('0'));
  if (!isPlain) return ['INVALID_AMOUNT'];
  const excess = (fraction ?? '').slice(decimals);
  const minor = BigInt(integer + (fraction ?? '').slice(0, decimals).padEnd(decimals, '0'));
  const flaws: string[] = [];
  if (integer.length > 18 || (fraction ?? '').length > 18) flaws.push('INVALID_AMOUNT');
  if (excess.replaceAll('0', '') !== '') flaws.push('AMOUNT_TOO_PRECISE');
  return flaws.length > 0 ? flaws : minor;
}

function isDigits(text: string): boolean {
  return text.length > 0 && text.split('').every((unit) => '0123456789'.includes(unit));
}
