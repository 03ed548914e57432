/** The game's maths as plain constants, in the words that AssemblyScript and TypeScript share. */

export const TILES = 25;

/** One mode for each: how many tiles of the field are mines. */
export const MINE_COUNTS = [1, 3, 5];

/** What the game returns of every fair price: a tile's odds are paid times this. */
export const RETURN_MILLIONTHS = 970000;

/** The most that a mode has. */
export const MAX_MINES = 5;
