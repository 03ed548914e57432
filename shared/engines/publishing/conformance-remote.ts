import { EngineError } from '../../foundation/errors.ts';
import {
  checkDamagedStates,
  checkSameAnswers,
  playRounds,
  sameStep,
  type Subject,
} from './conformance-play.ts';
import type { StateRule } from '../state-rule.ts';
import { checkStateRule } from './conformance-state.ts';
import { checkSimulation, type SimulatingSubject } from './conformance-simulation.ts';
import { wrong } from './nonconformity.ts';

export interface RemoteConformance {
  readonly rounds: number;
  readonly steps: number;
  /** Where it is false, the declared return was compared with nothing. */
  readonly simulates: boolean;
}

/** Each of them crosses the network, one after the other. */
const MIN_STEPS = 500;
/** These are played besides those, one after the other. */
const MIN_STATE_STEPS = 50;
const STATES_TO_DAMAGE = 50;
/** Every so many steps are asked on another connection, behind which another process may be. */
const ELSEWHERE_EVERY = 10;

/**
 * Checks an engine on a server against all of the contract that its answers show.
 * @param elsewhere is the same engine on another connection
 * @param rule is what its game declares
 * @throws EngineError with what the engine did wrong, or how its server failed
 */
export async function checkRemoteConformance(
  subject: SimulatingSubject,
  elsewhere: Subject,
  rule: StateRule,
): Promise<RemoteConformance> {
  const rounds = await playRounds(subject, MIN_STEPS);
  const played = rounds.flat();
  await checkSameAnswers(subject, played.toReversed(), 'after other steps');
  const some = played.filter((_, index) => index % ELSEWHERE_EVERY === 0);
  await checkSameAnswers(elsewhere, some, 'on another connection');
  if (!sameStep(await subject.reset(), await elsewhere.reset()))
    throw wrong('a reset has another answer after other calls');
  await checkDamagedStates(subject, played.slice(0, STATES_TO_DAMAGE));
  await checkStateRule(subject, rule, rounds, MIN_STATE_STEPS);
  const simulates = await doesSimulate(subject);
  if (simulates) await checkSimulation(subject);
  return { rounds: rounds.length, steps: played.length, simulates };
}

/** A server need not simulate. Then it answers UNIMPLEMENTED. */
async function doesSimulate(subject: SimulatingSubject): Promise<boolean> {
  try {
    await subject.simulate({ seed: new Uint8Array(32), first: 0n, rounds: 1 });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'UNSUPPORTED_ABI') return false;
    throw error;
  }
}
