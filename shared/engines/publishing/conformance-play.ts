import { createHash } from 'node:crypto';
import { EngineError } from '../../foundation/errors.ts';
import type { EngineAction, EngineCapabilities, EngineInput, EngineStep } from '../engines.ts';
import { MAX_STATE_BYTES } from '../wire-format.ts';
import { wrong } from './nonconformity.ts';

/** An engine of any kind that is checked against its contract. */
export interface Subject {
  readonly capabilities: EngineCapabilities;
  /** So many steps are put to it at once. */
  readonly inFlight: number;
  reset(): EngineStep | Promise<EngineStep>;
  /** @throws EngineError ENGINE_REJECTED where it refuses the step */
  play(input: EngineInput): PlayedStep | Promise<PlayedStep>;
}

export interface PlayedStep {
  readonly input: EngineInput;
  readonly answer: EngineStep;
  /** The fuel and the pages are 0 where they cannot be measured. */
  readonly fuel: bigint;
  readonly memoryPages: number;
}

/** Plays rounds as a player does, each from where the one before it ended, until they have `minSteps`. */
export async function playRounds(subject: Subject, minSteps: number): Promise<PlayedStep[][]> {
  const rounds: PlayedStep[][] = [];
  let { state } = await subject.reset();
  for (let steps = 0; steps < minSteps; ) {
    const round = await playRound(subject, state, rounds.length);
    rounds.push(round);
    steps += round.length;
    state = round.at(-1)?.answer.state ?? state;
  }
  checkRounds(subject, rounds);
  return rounds;
}

/**
 * Plays a round to its end, by actions of chance. @param round is its number, from which its seed and its choices follow
 * @param opening opens the round where the state allows it; otherwise chance chooses
 */
export async function playRound(
  subject: Subject,
  from: Uint8Array,
  round: number,
  opening?: EngineAction,
): Promise<PlayedStep[]> {
  const { maxHorizon } = subject.capabilities;
  const seed = digest(`seed ${round}`);
  const played: PlayedStep[] = [];
  let state = from;
  let bonusActive = false;
  do {
    if (played.length === maxHorizon)
      throw wrong(`a round takes more than the ${maxHorizon} steps that it declares`);
    const place = { state, seed, stepIndex: played.length };
    const step = await playStep(subject, place, bonusActive, round, opening);
    played.push(step);
    ({ state, bonusActive } = step.answer);
  } while (bonusActive);
  return played;
}

/** Plays an action by chance, and the next one where the state does not allow it. */
async function playStep(
  subject: Subject,
  place: Omit<EngineInput, 'action'>,
  bonusActive: boolean,
  round: number,
  opening: EngineAction | undefined,
): Promise<PlayedStep> {
  const actions = subject.capabilities.actions.filter(({ phase }) => fits(phase, bonusActive));
  const chance = digest(`choice ${round} ${place.stepIndex}`).readUInt32LE() % Math.max(1, actions.length);
  const first = opening && !bonusActive ? actions.indexOf(opening) : chance;
  for (const { code } of [...actions.slice(first), ...actions.slice(0, first)]) {
    const played = await attempt(subject, { ...place, action: code });
    if (played) return played;
  }
  throw wrong(`it allows no action in the state ${Buffer.from(place.state).toString('hex')}`);
}

function fits(phase: EngineAction['phase'], bonusActive: boolean): boolean {
  return phase === 'any' || (phase === 'bonus') === bonusActive;
}

/** It is undefined where the engine refused. */
async function attempt(subject: Subject, input: EngineInput): Promise<PlayedStep | undefined> {
  try {
    return await subject.play(input);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ENGINE_REJECTED') return undefined;
    throw error;
  }
}

function checkRounds({ capabilities }: Subject, rounds: readonly PlayedStep[][]): void {
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

export async function checkSameAnswers(
  subject: Subject,
  steps: readonly PlayedStep[],
  when: string,
): Promise<void> {
  await eachOf(steps, subject.inFlight, async ({ input, answer, fuel }) => {
    const again = await attempt(subject, input);
    const same = again?.fuel === fuel && sameStep(again.answer, answer);
    if (!same) throw wrong(`the same step has another answer, or needs other fuel, ${when}`);
  });
}

/** Any bytes may come as a state, with any action. The engine must answer or refuse, and must not trap. */
export async function checkDamagedStates(subject: Subject, played: readonly PlayedStep[]): Promise<void> {
  const damaged = played.flatMap(({ input }, index) => {
    const chance = digest(`damage ${index}`);
    const flipped = Uint8Array.from(input.state);
    if (flipped.length > 0) flipped[chance.readUInt32LE() % flipped.length]! ^= chance.readUInt8(4) || 1;
    const longest = Buffer.alloc(MAX_STATE_BYTES, chance);
    longest.set(input.state);
    const states = [flipped, input.state.subarray(1), Buffer.concat([input.state, chance]), longest];
    return states.map((state) => ({ ...input, state }));
  });
  const inputs = damaged.flatMap((input) =>
    subject.capabilities.actions.map(({ code }) => ({ ...input, action: code })),
  );
  await eachOf(inputs, subject.inFlight, (input) => attempt(subject, input));
}

export function sameStep(one: EngineStep, other: EngineStep): boolean {
  return (
    Buffer.compare(one.state, other.state) === 0 &&
    one.payoutMillionths === other.payoutMillionths &&
    one.bonusActive === other.bonusActive &&
    one.view === other.view
  );
}

/** Runs `work` for all, `atOnce` of them together. */
export async function eachOf<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let first = 0; first < all.length; first += atOnce) {
    await Promise.all(all.slice(first, first + atOnce).map(work));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(`conformance ${text}`).digest();
}
