import { type GameSoFar, gameBefore, type NewTerms } from './round.ts';
import type { EngineCapabilities, EngineStep } from '../engines/engines.ts';

/**
 * Says whether a step keeps a whole game, the paid action with its bonus, within what the engine declares. The engine
 * declares the largest win of the mode, and the most steps. A single step is checked against the engine's largest win
 * where the step is read.
 */
export function keepsToDeclared(
  { actions, modes, maxHorizon }: EngineCapabilities,
  round: Pick<NewTerms, 'kind' | 'action' | 'gameSoFar'>,
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

/**
 * Says what a game may still pay, in millionths of the base bet. Where nobody recorded the game, it is the least that a mode may
 * pay.
 */
export function leftToWinMillionths(
  { actions, modes }: EngineCapabilities,
  game: GameSoFar | undefined,
): bigint {
  const opened = actions.find(({ name }) => name === game?.openedBy)?.mode;
  const mode = modes.find(({ name }) => name === opened);
  const most = modes.map(({ maxWinMillionths }) => maxWinMillionths);
  const mostOfGame = mode?.maxWinMillionths ?? most.reduce((one, other) => (one < other ? one : other));
  return mostOfGame - (game?.payoutMillionths ?? 0n);
}
