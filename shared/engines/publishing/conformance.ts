import { CALLS_PER_INSTANCE, type LoadedEngine } from '../host/loaded-engine.ts';
import { simulate } from '../host/simulation.ts';
import { checkBuffers, soil } from './conformance-buffers.ts';
import {
  checkDamagedStates,
  checkSameAnswers,
  type PlayedStep,
  playRounds,
  type Subject,
} from './conformance-play.ts';
import type { StateRule } from '../state-rule.ts';
import { checkStateRule } from './conformance-state.ts';
import { checkSimulation } from './conformance-simulation.ts';
import { FUEL_RESERVE, wrong } from './nonconformity.ts';

/** The costliest step needed this much, and the largest answers held this much. */
interface ConformanceMaxima {
  readonly maxStepFuel: bigint;
  readonly maxStateBytes: number;
  readonly maxViewBytes: number;
  readonly memoryPages: number;
}

export interface ConformanceReport extends ConformanceMaxima {
  readonly rounds: number;
  readonly steps: number;
}

const MIN_STEPS = 1_000;
/** A round that carries state over shows among so many steps, unless it is as rare as the largest wins. */
const MIN_STATE_STEPS = 10_000;
const STATES_TO_DAMAGE = 200;
/** Every so many steps are asked of an instance that has answered nothing before. */
const FRESH_EVERY = 50;

/**
 * Plays an engine as a player would, and then puts the same and worse to it. Its answers must be the same at any time,
 * and nothing may make it trap.
 * @param load gives the engine anew, with no instance that was used
 * @param rule is what its game declares
 * @throws EngineError with what the engine did wrong
 */
export async function checkConformance(
  load: () => Promise<LoadedEngine>,
  rule: StateRule,
): Promise<ConformanceReport> {
  const engine = await load();
  const subject = measured(engine);
  const rounds = await playRounds(subject, MIN_STEPS);
  const played = rounds.flat();
  checkFuel(engine, played);
  await checkSameAnswers(subject, played.toReversed(), 'after other steps');
  await checkSameAnswers(measured(engine, soil), played, 'for what was left in the buffers');
  for (const step of played.filter((_, index) => index % FRESH_EVERY === 0)) {
    await checkSameAnswers(measured(await load()), [step], 'on a fresh instance');
  }
  const worn = measured(await load());
  for (let calls = 0; calls < CALLS_PER_INSTANCE; calls += played.length) {
    await checkSameAnswers(worn, played, 'after as many calls as an instance ever serves');
  }
  await checkDamagedStates(subject, played.slice(0, STATES_TO_DAMAGE));
  await checkStateRule(subject, rule, rounds, MIN_STATE_STEPS);
  await checkSimulation({ ...subject, simulate: (batch) => simulate(engine, batch) });
  checkBuffers(engine, played[0]!.input, await load());
  return { rounds: rounds.length, steps: played.length, ...maximaOf(played) };
}

/** Measures a module, one step at a time. @param prepare is done before each of them */
function measured(engine: LoadedEngine, prepare: (engine: LoadedEngine) => void = () => undefined): Subject {
  return {
    capabilities: engine.capabilities,
    inFlight: 1,
    reset: () => engine.reset(),
    play: (input) => {
      prepare(engine);
      const answer = engine.step(input);
      const { fuel, memoryPages } = engine.withInstance(({ usage }) => usage);
      return { input, answer, fuel, memoryPages };
    },
  };
}

function maximaOf(played: readonly PlayedStep[]): ConformanceMaxima {
  return {
    maxStepFuel: played.reduce((most, { fuel }) => (fuel > most ? fuel : most), 0n),
    maxStateBytes: Math.max(...played.map(({ answer }) => answer.state.length)),
    maxViewBytes: Math.max(...played.map(({ answer }) => Buffer.byteLength(answer.view))),
    memoryPages: Math.max(...played.map((step) => step.memoryPages)),
  };
}

function checkFuel({ limits }: LoadedEngine, played: readonly PlayedStep[]): void {
  const { maxStepFuel } = maximaOf(played);
  if (maxStepFuel * FUEL_RESERVE > limits.fuel) {
    throw wrong(
      `a step needs ${maxStepFuel} units of fuel; a call may use ${limits.fuel}, four times as much`,
    );
  }
}
