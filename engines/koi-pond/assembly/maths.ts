/**
 * The game's maths as plain constants, in the words that AssemblyScript and TypeScript share: the engine plays from
 * this file, and ../rtp.ts computes the game's figures from it.
 */

/** A symbol's number is its place here: wild, scatter, koi, dragonfly, lotus, frog, and the card ranks. */
export const SYMBOLS = 'WSKDLFAQJT';
export const WILD = 0;
export const SCATTER = 1;

export const ROWS = 3;

/** Cyclic strips, one a reel. No wild stands on the first reel, so a run begins with the symbol that it pays. */
export const REELS = [
  'QJKTQFLATAFTLDAFQDTLQSJTAJQDKJJF',
  'LSDFKTDADJAJFLQQAQFJTTQJWAQJTFKAL',
  'ATJFLFWTDDQTTLKAFJWJAJQKQSJTLLQADA',
  'JWQTTFJQJKDAJQLFAQATQATLTSDFFDKJTL',
  'LQLQJFDSJTAAQFDALTJFKQQTKFTJTJAATD',
];

/** One way through a run of 1, 2 … 5 reels pays this, in millionths of the bet, by symbol. */
export const WAY_PAYS = [
  [0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0],
  [0, 0, 1500000, 6000000, 30000000],
  [0, 0, 1000000, 3000000, 12000000],
  [0, 0, 800000, 2400000, 8000000],
  [0, 0, 600000, 1500000, 5000000],
  [0, 0, 300000, 800000, 2500000],
  [0, 0, 300000, 600000, 2000000],
  [0, 0, 150000, 450000, 1500000],
  [0, 0, 150000, 450000, 1200000],
];
/** Every pay is a multiple of it. */
export const PAY_UNIT_MILLIONTHS = 50000;

/** As many scatters anywhere, or buying them, give the free spins; they pay nothing themselves. */
export const SCATTERS_TO_TRIGGER = 3;
export const FREE_SPINS = 10;

/** Every free spin draws what its wins are multiplied by; the weights are parts of their sum. */
export const MULTIPLIERS = [2, 3, 5, 10];
export const MULTIPLIER_WEIGHTS = [50, 30, 15, 5];

export const BUY_PRICE_MILLIONTHS = 26000000;

/** A held win may be doubled so often, and a gamble may make no more of it than the limit. */
export const MAX_GAMBLES = 5;
export const GAMBLE_LIMIT_MILLIONTHS = 1000000000;

/** Computed from all of the above by ../rtp.ts; its test fails if they differ. */
export const MAX_SPIN_MILLIONTHS = 128800000;
export const BASE_RTP_MILLIONTHS = 964068;
export const BASE_MAX_WIN_MILLIONTHS = 12944000000;
export const BUY_RTP_MILLIONTHS = 974255;
export const BUY_MAX_WIN_MILLIONTHS = 12880000000;
