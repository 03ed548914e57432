/**
 * A game declares what becomes of its engine's state after a paid round and its bonus. With `fresh`, every paid round
 * starts from the engine's first state. With `bound`, the state goes on, at the bet and in the currency at which it was
 * made. docs/engines.md has the reasons.
 */
export const stateRules = ['fresh', 'bound'] as const;
export type StateRule = (typeof stateRules)[number];
