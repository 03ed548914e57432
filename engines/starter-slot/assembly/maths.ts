/**
 * The game's maths as plain constants, in the words that AssemblyScript and TypeScript share: the engine plays from
 * this file, and ../rtp.ts computes the game's figures from it. Change the game here first.
 */

/** A symbol's number is its place here: a scatter, then what pays on lines. */
export const SYMBOLS = 'SABCD';
export const SCATTER = 0;

export const ROWS = 3;

/** Cyclic strips, one a reel, a letter a stop. */
export const REELS = ['SADCBDACDBDC', 'SBDCADBDCDAC', 'SCDABDCDBADC'];

/** A digit a reel: the row from the top that the line crosses. */
export const LINES = ['111', '000', '222', '012', '210'];
export const LINE_BET_MILLIONTHS = 200000;

/** A run of 1, 2, 3 reels from the left pays this, in line bets, by symbol. */
export const LINE_PAYS = [
  [0, 0, 0],
  [0, 0, 45],
  [0, 0, 24],
  [0, 0, 13],
  [0, 0, 8],
];

/** A scatter in sight on every reel gives free spins, which pay double and give no further ones. */
export const SCATTERS_TO_TRIGGER = 3;
export const FREE_SPINS = 5;
export const FREE_SPIN_MULTIPLIER = 2;

/** Computed from all of the above by ../rtp.ts; its test fails if they differ. */
export const RTP_MILLIONTHS = 946813;
export const MAX_SPIN_LINE_BETS = 58;
export const MAX_WIN_MILLIONTHS = 118600000;
