/**
 * Payouts are whole millionths of the base bet, from 0 to the largest i64. One that does not fit is OVERFLOWED and stays so,
 * whatever is done to it. The adapter answers a step that pays it with the error for an overflow.
 */
export const OVERFLOWED: i64 = -1;

/** The base bet. */
export const ONE_BET: i64 = 1000000;

export function plus(payout: i64, other: i64): i64 {
  if (payout < 0 || other < 0) return OVERFLOWED;
  const sum = payout + other;
  return sum < 0 ? OVERFLOWED : sum;
}

export function times(payout: i64, factor: u32): i64 {
  return share(payout, factor, 1);
}

/** `payout * numerator / denominator`, rounded down: never more than what is due. No intermediate result overflows. */
export function share(payout: i64, numerator: u32, denominator: u32): i64 {
  assert(denominator != 0);
  if (payout < 0) return OVERFLOWED;
  const low = (<u64>payout & 0xffffffff) * numerator;
  const high = (<u64>payout >> 32) * numerator + (low >> 32);
  // Long division by one digit of 32 bits; the product has three of them.
  const top = (high >> 32) / denominator;
  const middle = ((((high >> 32) % denominator) << 32) | (high & 0xffffffff)) / denominator;
  const rest = ((((high >> 32) % denominator) << 32) | (high & 0xffffffff)) % denominator;
  const bottom = ((rest << 32) | (low & 0xffffffff)) / denominator;
  return top != 0 || middle > <u64>i32.MAX_VALUE ? OVERFLOWED : <i64>((middle << 32) | bottom);
}
