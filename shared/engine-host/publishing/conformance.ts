import { createHash } from 'node:crypto';
import { EngineError } from '../../domain/errors.ts';
import type { EngineAction, EngineInput, EngineStep } from '../../ports/engines.ts';
import { CALLS_PER_INSTANCE, type LoadedEngine } from '../loaded-engine.ts';
import { MAX_STATE_BYTES } from '../wire-format.ts';
import { checkBuffers, sameStep, soil } from './conformance-buffers.ts';
import { checkSimulation } from './conformance-simulation.ts';
import { FUEL_RESERVE, wrong } from './nonconformity.ts';

/** What the costliest step needed, and the largest answers held. */
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

interface PlayedStep {
  readonly input: EngineInput;
  readonly answer: EngineStep;
  readonly fuel: bigint;
  readonly memoryPages: number;
}

const MIN_STEPS = 1_000;
/** Every so many steps are asked of an instance that has answered nothing before. */
const FRESH_EVERY = 50;
const STATES_TO_DAMAGE = 200;

/**
 * Plays an engine as a player would, and then puts the same and worse to it: its answers must be the same at any time, and
 * nothing may make it trap.
 * @param load gives the engine anew, with no instance that was used
 * @throws EngineError with what the engine did wrong
 */
export async function checkConformance(load: () => Promise<LoadedEngine>): Promise<ConformanceReport> {
  const engine = await load();
  const rounds = playRounds(engine);
  const played = rounds.flat();
  checkRounds(engine, rounds);
  checkFuel(engine, played);
  checkSameAnswers(engine, played.toReversed(), 'after other steps');
  checkSameAnswers(engine, played, 'for what was left in the buffers', soil);
  for (const step of played.filter((_, index) => index % FRESH_EVERY === 0)) {
    checkSameAnswers(await load(), [step], 'on a fresh instance');
  }
  const worn = await load();
  for (let calls = 0; calls < CALLS_PER_INSTANCE; calls += played.length) {
    checkSameAnswers(worn, played, 'after as many calls as an instance ever serves');
  }
  checkDamagedStates(engine, played);
  checkSimulation(engine);
  checkBuffers(engine, played[0]!.input, await load());
  return { rounds: rounds.length, steps: played.length, ...maximaOf(played) };
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

function playRounds(engine: LoadedEngine): PlayedStep[][] {
  const rounds: PlayedStep[][] = [];
  let { state } = engine.reset();
  for (let steps = 0; steps < MIN_STEPS; ) {
    const round = playRound(engine, state, rounds.length);
    rounds.push(round);
    steps += round.length;
    state = round.at(-1)?.answer.state ?? state;
  }
  return rounds;
}

function playRound(engine: LoadedEngine, from: Uint8Array, round: number): PlayedStep[] {
  const { maxHorizon } = engine.capabilities;
  const seed = digest(`seed ${round}`);
  const played: PlayedStep[] = [];
  let state = from;
  let bonusActive = false;
  do {
    if (played.length === maxHorizon)
      throw wrong(`a round takes more than the ${maxHorizon} steps that it declares`);
    const step = playStep(engine, { state, seed, stepIndex: played.length }, bonusActive, round);
    played.push(step);
    ({ state, bonusActive } = step.answer);
  } while (bonusActive);
  return played;
}

/** Takes an action by chance, and where the state does not allow it, the next one. */
function playStep(
  engine: LoadedEngine,
  place: Omit<EngineInput, 'action'>,
  bonusActive: boolean,
  round: number,
): PlayedStep {
  const actions = engine.capabilities.actions.filter(({ phase }) => fits(phase, bonusActive));
  const first = digest(`choice ${round} ${place.stepIndex}`).readUInt32LE() % Math.max(1, actions.length);
  for (const { code } of [...actions.slice(first), ...actions.slice(0, first)]) {
    const played = attempt(engine, { ...place, action: code });
    if (played) return played;
  }
  throw wrong(`it allows no action in the state ${Buffer.from(place.state).toString('hex')}`);
}

function fits(phase: EngineAction['phase'], bonusActive: boolean): boolean {
  return phase === 'any' || (phase === 'bonus') === bonusActive;
}

/** Undefined: the engine refused. */
function attempt(engine: LoadedEngine, input: EngineInput): PlayedStep | undefined {
  try {
    const answer = engine.step(input);
    const { fuel, memoryPages } = engine.withInstance(({ usage }) => usage);
    return { input, answer, fuel, memoryPages };
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ENGINE_REJECTED') return undefined;
    throw error;
  }
}

function checkRounds({ capabilities }: LoadedEngine, rounds: readonly PlayedStep[][]): void {
  for (const round of rounds) {
    const opening = capabilities.actions[round[0]?.input.action ?? 0];
    const mode = capabilities.modes.find(({ name }) => name === opening?.mode);
    if (!mode) throw wrong(`the action ${opening?.name} begins a round and opens no mode`);
    const win = round.reduce((sum, { answer }) => sum + answer.payoutMillionths, 0n);
    if (win > mode.maxWinMillionths) {
      throw wrong(
        `a round of ${mode.name} wins ${win} millionths; it declares ${mode.maxWinMillionths} at most`,
      );
    }
  }
}

function checkSameAnswers(
  engine: LoadedEngine,
  steps: readonly PlayedStep[],
  when: string,
  prepare: (engine: LoadedEngine) => void = () => undefined,
): void {
  for (const { input, answer, fuel } of steps) {
    prepare(engine);
    const again = attempt(engine, input);
    const same = again?.fuel === fuel && sameStep(again.answer, answer);
    if (!same) throw wrong(`the same step has another answer, or needs other fuel, ${when}`);
  }
}

/** Whatever bytes come as a state, and whatever action with them: an answer or a refusal, and no trap. */
function checkDamagedStates(engine: LoadedEngine, played: readonly PlayedStep[]): void {
  for (const [index, { input }] of played.slice(0, STATES_TO_DAMAGE).entries()) {
    const chance = digest(`damage ${index}`);
    const flipped = Uint8Array.from(input.state);
    if (flipped.length > 0) flipped[chance.readUInt32LE() % flipped.length]! ^= chance.readUInt8(4) || 1;
    const longest = Buffer.alloc(MAX_STATE_BYTES, chance);
    longest.set(input.state);
    for (const state of [flipped, input.state.subarray(1), Buffer.concat([input.state, chance]), longest]) {
      for (const { code } of engine.capabilities.actions) attempt(engine, { ...input, state, action: code });
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(`conformance ${text}`).digest();
}
