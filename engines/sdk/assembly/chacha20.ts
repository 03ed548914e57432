/**
 * The ChaCha20 block function of RFC 8439, section 2.3, one row of the state a vector.
 * Words are little endian in memory, as the RFC and WebAssembly both have them.
 */

/** The last block was written here. It has 16 words. */
export const BLOCK: usize = memory.data(64, 16);

/** Writes to BLOCK the key stream block for the 32 bytes at `key`, a block counter and the nonce's three words. */
export function chacha20Block(key: usize, counter: u32, nonce0: u32, nonce1: u32, nonce2: u32): void {
  const constants = i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
  const keyLow = v128.load(key);
  const keyHigh = v128.load(key, 16);
  const input = i32x4(counter, nonce0, nonce1, nonce2);

  let a = constants;
  let b = keyLow;
  let c = keyHigh;
  let d = input;
  // Twenty rounds, four a turn: each turn costs fuel.
  for (let turn = 0; turn < 5; turn++) {
    // Columns.
    a = i32x4.add(a, b);
    d = rotateBy16(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = rotateBy8(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    // Diagonals: turn each row so that a diagonal stands in a column, and back.
    b = v128.shuffle<i32>(b, b, 1, 2, 3, 0);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 3, 0, 1, 2);
    a = i32x4.add(a, b);
    d = rotateBy16(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = rotateBy8(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    b = v128.shuffle<i32>(b, b, 3, 0, 1, 2);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 1, 2, 3, 0);
    // Columns.
    a = i32x4.add(a, b);
    d = rotateBy16(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = rotateBy8(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    // Diagonals: turn each row so that a diagonal stands in a column, and back.
    b = v128.shuffle<i32>(b, b, 1, 2, 3, 0);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 3, 0, 1, 2);
    a = i32x4.add(a, b);
    d = rotateBy16(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = rotateBy8(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    b = v128.shuffle<i32>(b, b, 3, 0, 1, 2);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 1, 2, 3, 0);
  }
  v128.store(BLOCK, i32x4.add(a, constants));
  v128.store(BLOCK, i32x4.add(b, keyLow), 16);
  v128.store(BLOCK, i32x4.add(c, keyHigh), 32);
  v128.store(BLOCK, i32x4.add(d, input), 48);
}

function rotate(words: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(words, bits), i32x4.shr_u(words, 32 - bits));
}

// Whole bytes move faster as a shuffle.
function rotateBy16(words: v128): v128 {
  return v128.shuffle<i16>(words, words, 1, 0, 3, 2, 5, 4, 7, 6);
}

function rotateBy8(words: v128): v128 {
  return v128.shuffle<i8>(words, words, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}
