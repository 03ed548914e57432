/** What ../rtp.ts computes from the paytable; a test compares them. */

/** Return to player of a paid round with its bonus, in millionths. */
export const RTP_MILLIONTHS: i64 = 961066;

/** The most that one step can pay: the best window in a free spin. */
export const MAX_STEP_WIN_MILLIONTHS: i64 = 428000000;
