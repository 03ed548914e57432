import { gameBefore, type RoundTerms } from './round.ts';
import type { EngineCapabilities, EngineStep } from '../engines/engines.ts';

/**
 * Whether a step leaves a whole game, the paid action with its bonus, within what the engine declares of it: the largest
 * win of its mode, and the most steps. A step by itself is held to its engine's largest win where it is read.
 */
export function keepsToDeclared(
  { actions, modes, maxHorizon }: EngineCapabilities,
  round: RoundTerms,
  { payoutMillionths, bonusActive }: Pick<EngineStep, 'payoutMillionths' | 'bonusActive'>,
): boolean {
  const before = gameBefore(round);
  if (!before) return true;
  const opened = actions.find(({ name }) => name === before.openedBy)?.mode;
  const mode = modes.find(({ name }) => name === opened);
  if (!mode) return false;
  const endsInTime = !bonusActive || before.steps + 1 < maxHorizon;
  return endsInTime && before.payoutMillionths + payoutMillionths <= mode.maxWinMillionths;
}
