/** The game's maths as plain constants, in the words that AssemblyScript and TypeScript share. */

export const STEP_MS = 10;
/** A hundred steps, each of which looks at every bet. */
export const MAX_TICK_MS = 1000;
export const BETTING_STEPS = 500;
export const CRASHED_STEPS = 300;

/** The multiplier grows by this with every step, which is about 6 % a second. */
export const GROWTH_PER_10000 = 6;

/** The multiplier 1, and what is paid for every fair price. */
export const ONE_MILLIONTHS = 1000000;
export const RETURN_MILLIONTHS = 970000;

/** A round ends here at the latest. It pays all who are still in it. */
export const MAX_MULTIPLIER_MILLIONTHS = 10000000000;
/** The least that may be named for cashing out by itself. */
export const MIN_AUTO_MILLIONTHS = 1010000;

export const MAX_PLAYERS = 256;
export const MAX_ID_BYTES = 64;

/** Kinds of input. */
export const BET = 1;
export const CASH_OUT = 2;
