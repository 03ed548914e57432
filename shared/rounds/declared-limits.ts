import { gameBefore, type NewTerms } from './round.ts';
import type { EngineCapabilities, EngineStep } from '../engines/engines.ts';

/**
 * Says whether a step keeps a whole game, the paid action with its bonus, within what the engine declares. The engine
 * declares the largest win of the mode, and the most steps. A single step is checked against the engine's largest win
 * where the step is read.
 */
export function keepsToDeclared(
  { actions, modes, maxHorizon }: EngineCapabilities,
  round: NewTerms,
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
