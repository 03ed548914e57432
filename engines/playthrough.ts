import { createHash } from 'node:crypto';
import type { EngineAction } from '../shared/engines/engines.ts';
import { type RawEngine, readAnswer, type StepAnswer, type StepInput, stepBytes } from './raw-engine.ts';

/** A played step is one that the engine accepted. */
export interface PlayedStep {
  readonly round: number;
  /** The step's place in the round. */
  readonly step: number;
  readonly input: StepInput;
  /** Every byte that the engine answered. */
  readonly output: Uint8Array;
  readonly answer: StepAnswer;
}

/**
 * Plays `steps` steps, round after round. Seeds and choices follow from the numbers of round and step, so that a
 * playthrough is the same wherever and whenever it is played. Every action that a phase has is as likely as any other;
 * where the state does not allow one, the next is tried.
 * @throws Error where the engine allows no action
 */
export function playThrough(
  engine: RawEngine,
  actions: readonly EngineAction[],
  steps: number,
): PlayedStep[] {
  const played: PlayedStep[] = [];
  let { state, bonusActive } = engine.reset();
  let round = 0;
  let step = 0;
  while (played.length < steps) {
    const seed = sha256(`round ${round}`);
    const chosen = choices(actions, bonusActive, round, step);
    const taken = firstAllowed(engine, chosen, { seed, stepIndex: BigInt(step), state });
    const answer = readAnswer(taken.output);
    played.push({ round, step, ...taken, answer });
    ({ state, bonusActive } = answer);
    if (bonusActive) step += 1;
    else [round, step] = [round + 1, 0];
  }
  return played;
}

/** The actions of a phase, beginning with a random one. */
function choices(
  actions: readonly EngineAction[],
  bonusActive: boolean,
  round: number,
  step: number,
): readonly EngineAction[] {
  const ofPhase = actions.filter(({ phase }) => isOfPhase(phase, bonusActive));
  const first = sha256(`choice ${round} ${step}`).readUInt32LE(0) % ofPhase.length;
  return [...ofPhase.slice(first), ...ofPhase.slice(0, first)];
}

export function isOfPhase(phase: EngineAction['phase'], bonusActive: boolean): boolean {
  return phase === 'any' || phase === (bonusActive ? 'bonus' : 'base');
}

function firstAllowed(
  engine: RawEngine,
  actions: readonly EngineAction[],
  place: Omit<StepInput, 'action'>,
): { input: StepInput; output: Uint8Array } {
  for (const { code } of actions) {
    const input = { ...place, action: code };
    const output = engine.ask('rgs_step', stepBytes(input));
    if (typeof output !== 'number') return { input, output };
  }
  throw new Error(`No action is allowed in the state ${Buffer.from(place.state).toString('hex')}`);
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
