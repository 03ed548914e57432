import { type Target, targetNamed } from './targets.ts';

export type { Target } from './targets.ts';

const given = await targetNamed('shared');

/**
 * The stack that most files play against, side by side. A file that uses it plays with players of its own. Where it cuts
 * off the wallet, or reconciles, it does so with an operator of its own. Whatever changes more than that needs `own-target.ts`.
 */
export function target(): Target {
  return given;
}
