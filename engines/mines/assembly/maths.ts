/** The game's maths as plain constants, in the words that AssemblyScript and TypeScript share. */

export const TILES = 25;

/** One mode for each: how many tiles of the field are mines. */
export const MINE_COUNTS = [1, 3, 5];

/** Each mode returns this of every fair price at most. A tile's odds are paid times this, rounded down to the unit. */
export const RETURN_MILLIONTHS = [968000, 969000, 950000];

/** A twentieth of the bet, which is whole minor units of every bet that is offered. */
export const PAY_UNIT_MILLIONTHS = 50000;

/** The rounding takes nothing from a player who cashes out after so many tiles of each mode. */
export const BEST_REVEALS = [3, 6, 2];

/** The most that a mode has. */
export const MAX_MINES = 5;
