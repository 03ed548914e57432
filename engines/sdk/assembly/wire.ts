/** Every export of the wire contract agrees on this. docs/engines.md describes the bytes. */

export const ABI_VERSION: i32 = 1;

/** Bytes of the input and of the output buffer. */
export const BUFFER_BYTES: i32 = 65536;

export const SEED_BYTES: i32 = 32;

/** seed[32], nonce u64, length u32. */
export const INPUT_HEADER_BYTES: i32 = 44;

export const OK: i32 = 0;
/** The input as a whole: too short, or a length that does not fit it. */
export const BAD_INPUT: i32 = -1;
/** An unknown action, or one that the state does not allow. */
export const BAD_ACTION: i32 = -2;
/** State bytes that no play leads to. */
export const BAD_STATE: i32 = -3;
/** The answer does not fit the output buffer, or a number its type. */
export const OVERFLOW: i32 = -4;
/** A game's own errors are this or less. */
export const FIRST_OWN_ERROR: i32 = -100;

export const BONUS_ACTIVE: u32 = 1;
export const BONUS_TRIGGERED: u32 = 2;

export const INPUT: usize = memory.data(65536, 16);
export const OUTPUT: usize = memory.data(65536, 16);
