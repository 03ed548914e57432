/**
 * The mathematics of happy-panda as plain data: the engine plays from it, and ../rtp.ts computes from it what is played.
 * It is written in the part of the language that AssemblyScript and TypeScript share.
 */

/** W wild, S scatter, L lantern, F fan, O koi, C coin, then the letters. */
export const ALPHABET: string = 'WSLFOCAKQJ';
export const WILD: i32 = 0;
export const SCATTER: i32 = 1;
export const ROWS: i32 = 3;

/** Reel by reel. No symbol stands twice within three stops, so a window shows at most one scatter a reel. */
export const REELS: string[] = [
  'FCAKJCQFAJQOKJALKFQCKOAKCJOSQLJQ',
  'AKJCKSJLOAQFJOQCOWCQJAQCKFLAKOJFL',
  'ACOQACFACKLJQOFJLWKCJQWOALJFQKSQK',
  'KJOKACKSJAWQOJAQOJFLCJQFCQACOLKAF',
  'OFLCAKCLAQJFSCJKQAOJKQAOFQKJCOJQK',
];

/** A digit a reel: the row from the top. */
export const LINES: string[] = [
  '11111',
  '00000',
  '22222',
  '01210',
  '21012',
  '00100',
  '22122',
  '12221',
  '10001',
  '01110',
  '21112',
  '01010',
  '21212',
  '11011',
  '11211',
  '00200',
  '22022',
  '02220',
  '20002',
  '02020',
];

/** By symbol, what a run of 1, 2 … 5 from the left pays on a line, in line bets. A line bet is a 20th of the bet. */
export const LINE_PAYS: i32[][] = [
  [],
  [],
  [0, 0, 80, 400, 2000],
  [0, 0, 50, 200, 1000],
  [0, 0, 35, 125, 500],
  [0, 0, 25, 80, 300],
  [0, 0, 15, 50, 200],
  [0, 0, 10, 40, 125],
  [0, 0, 10, 35, 100],
  [0, 0, 10, 25, 100],
];

/** By the number of scatters in sight, in line bets; three or more also win free spins. */
export const SCATTER_PAYS: i32[] = [0, 0, 0, 40, 200, 1000];
export const SCATTERS_FOR_BONUS: i32 = 3;

export const FREE_SPINS: i32 = 10;
/** Of one bonus, with all it wins again: later scatters then add nothing more. */
export const MOST_FREE_SPINS: i32 = 100;
/** On everything that a free spin pays. */
export const FREE_SPIN_MULTIPLIER: i32 = 2;

/** A 20th of the bet. */
export const LINE_BET_MILLIONTHS: i32 = 50000;
