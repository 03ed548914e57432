/**
 * The game's maths as plain constants, in the words that AssemblyScript and TypeScript share: the engine plays from
 * this file, and ../rtp.ts computes the game's figures from it.
 */

/** A symbol's number is its place here: wild, scatter, panda, lantern, fan, bamboo, and the card ranks. */
export const SYMBOLS = 'WSPLFBAKQJT';
export const WILD = 0;
export const SCATTER = 1;

export const ROWS = 3;

/** Cyclic strips, one a reel. No wild stands on the first reel, so a line's first symbol is the one that it pays. */
export const BASE_REELS = [
  'STQPTAKJPBTLJBFALKJQAFQKTLKJBQFAB',
  'QBASQTKBJPFBJQTLKTAFQATFLABPJKLJKW',
  'QSAPQTBKJLTJFALWPKAQBLABJQSFKTBJFTK',
  'KQAFKPSFLTBKWBQKLJAPQBJTQATJLTJFAB',
  'BLTBFTJAFSPQBKPAKJFLBKQJTAKQLATJQ',
];
export const FREE_REELS = [
  'ALKTPSTFPAFBJFQBJKAJQALBFTQPBKJLQKT',
  'KQLJTQPWFBKLBJFTABFKASKTJLATJQBPWAPQW',
  'PTBQJBWTQLFJAWBKAQKLTJKFLJPTSQAPFAWKB',
  'PFBQLKJASPQTWPKLTJBTLKAQKWFABFWTJAQJB',
  'KJLAQKTAQFPJQBATBKFPAQBKLPJTFJTSLFB',
];

/** A digit a reel: the row from the top that the line crosses. The base bet is one line bet on each. */
export const LINES = [
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
  '10101',
  '12121',
  '11011',
  '11211',
  '01010',
  '21212',
  '00122',
  '22100',
  '02020',
];
export const LINE_BET_MILLIONTHS = 50000;

/** A run of 1, 2 … 5 reels pays this, in line bets, by symbol. */
export const LINE_PAYS = [
  [0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0],
  [0, 0, 75, 300, 1500],
  [0, 0, 50, 200, 800],
  [0, 0, 40, 150, 500],
  [0, 0, 30, 120, 400],
  [0, 0, 25, 75, 300],
  [0, 0, 20, 60, 250],
  [0, 0, 15, 50, 200],
  [0, 0, 15, 40, 150],
  [0, 0, 10, 40, 125],
];

/** Anywhere, 0, 1 … 5 scatters pay this, in line bets. Reel 3 has two of them, but never both in sight. */
export const SCATTER_PAYS = [0, 0, 0, 40, 200, 1000];
export const SCATTERS_TO_TRIGGER = 3;

/** Free spins multiply every win; a retrigger adds spins and raises the multiplier, from the next spin on. */
export const FREE_SPINS = 10;
export const MORE_FREE_SPINS = 5;
export const MAX_RETRIGGERS = 3;
export const FIRST_MULTIPLIER = 2;

/** The most that one free spin can win before it is multiplied, in line bets. */
export const MAX_FREE_SPIN_PAY = 3600;

/** Computed from all of the above by ../rtp.ts; its test fails if they differ. */
export const RTP_MILLIONTHS = 961511;
export const MAX_WIN_MILLIONTHS = 20612750000;
