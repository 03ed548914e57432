/** All that a game imports. */
export { GameAdapter } from './adapter';
export { ByteReader } from './byte-reader';
export { ByteWriter } from './byte-writer';
export { CapabilitiesWriter } from './capabilities-writer';
export { mount } from './erased-game';
export { Game, Observation } from './game';
export { JsonWriter } from './json-writer';
export { LineEvaluator, LineWins } from './line-evaluator';
export { ONE_BET, OVERFLOWED, plus, share, times } from './payout';
export { Random } from './random';
export { ReelSet, Window } from './reels';
export { shuffle, shuffleFirst } from './shuffle';
export { WaysEvaluator, WaysWins } from './ways-evaluator';
export { WeightedChoice } from './weighted-choice';
export { BAD_ACTION, FIRST_OWN_ERROR, OK } from './wire';
