import { createHash } from 'node:crypto';
import { readView } from '../round-view.ts';
import type { EngineAction, EngineMode, EngineStep } from '../engines.ts';
import type { SimulationBatch, SimulationResult } from '../simulation.ts';
import { eachOf, type Subject } from './conformance-play.ts';
import { wrong } from './nonconformity.ts';

const ROUNDS = 2_000;
const CUT = 700;
/** So many of them are played again, step by step. */
const REPLAYED = 300;
const RETURN_ROUNDS = 200_000;
/** An honest engine is further off once in two million times. */
const MAX_DEVIATIONS = 5;
const STEPS_PER_ROUND = 65_536;
const seed = createHash('sha256').update('conformance simulation').digest();

export interface SimulatingSubject extends Subject {
  simulate(batch: SimulationBatch): Counted | Promise<Counted>;
}

/**
 * Checks the simulation of an engine. @throws EngineError where simulated rounds are not those that steps play, depend
 * on how they are counted, or return other than is declared
 */
export async function checkSimulation(subject: SimulatingSubject): Promise<void> {
  for (const [index, mode] of subject.capabilities.modes.entries()) {
    const batch = async (first: number, rounds: number) =>
      subject.simulate({ seed, first: BigInt(first), rounds, mode: index });
    const whole = await batch(0, ROUNDS);
    if (!sameCounters(whole, [await batch(0, CUT), await batch(CUT, ROUNDS - CUT)])) {
      throw wrong(`simulated rounds of ${mode.name} depend on how they are split into batches`);
    }
    if (whole.rounds !== BigInt(ROUNDS))
      throw wrong(`its simulation of ${mode.name} does not count its rounds`);
    if (whole.maxWin > mode.maxWinMillionths) {
      throw wrong(`a simulated round of ${mode.name} wins more than it declares`);
    }
    const choiceless = choicelessPlay(subject, mode);
    if (!choiceless) continue;
    if (!sameCounters(await batch(0, REPLAYED), [await replay(subject, choiceless)])) {
      throw wrong(`simulated rounds of ${mode.name} are not those that steps play`);
    }
    checkReturn(await batch(0, RETURN_ROUNDS), mode);
  }
}

/** These parts of a simulation are checked. */
export type Counted = Counters & Pick<SimulationResult, 'maxWin'>;
type Counters = Pick<SimulationResult, (typeof sums)[number]>;
const sums = [
  'rounds',
  'hits',
  'bonuses',
  'bonusSteps',
  'basePayout',
  'bonusPayout',
  'roundSquares',
] as const;

function sameCounters(whole: Counters, parts: readonly Counters[]): boolean {
  return sums.every((name) => whole[name] === parts.reduce((sum, part) => sum + part[name], 0n));
}

function checkReturn(counted: Counters, mode: EngineMode): void {
  const price = Number(mode.priceMillionths);
  const declared = (Number(mode.rtpMillionths) * price) / 1e6;
  const rounds = Number(counted.rounds);
  const mean = Number(counted.basePayout + counted.bonusPayout) / rounds;
  const variance = Math.max(0, Number(counted.roundSquares) / rounds - mean ** 2);
  // The declared figure is rounded to a millionth of the price.
  if (Math.abs(mean - declared) > MAX_DEVIATIONS * Math.sqrt(variance / rounds) + price / 1e6) {
    const returned = Math.round((mean / price) * 1e6);
    throw wrong(
      `simulated rounds of ${mode.name} return ${returned} millionths; it declares ${mode.rtpMillionths}`,
    );
  }
}

interface ChoicelessPlay {
  readonly opening: EngineAction;
  /** This is given where there are bonuses. */
  readonly inside: EngineAction | undefined;
}

/**
 * It is undefined where a player has choices. Only the game knows how its simulated player makes them, and the return is
 * declared for the best of them.
 */
function choicelessPlay(
  { capabilities: { actions } }: Subject,
  mode: EngineMode,
): ChoicelessPlay | undefined {
  const [opening, ...otherOpenings] = actions.filter((action) => action.mode === mode.name);
  const [inside, ...others] = actions.filter(({ phase }) => phase === 'bonus');
  const choices = [...otherOpenings, ...others, ...actions.filter(({ phase }) => phase === 'any')];
  return opening && choices.length === 0 ? { opening, inside } : undefined;
}

async function replay(subject: Subject, play: ChoicelessPlay): Promise<Counters> {
  const total = {
    rounds: 0n,
    hits: 0n,
    bonuses: 0n,
    bonusSteps: 0n,
    basePayout: 0n,
    bonusPayout: 0n,
    roundSquares: 0n,
  };
  const { state } = await subject.reset();
  const rounds = Array.from({ length: REPLAYED }, (_, round) => round);
  await eachOf(rounds, subject.inFlight, async (round) => {
    const { base, bonus, steps, triggered } = await replayRound(subject, play, state, round);
    total.rounds += 1n;
    total.hits += base + bonus > 0n ? 1n : 0n;
    total.bonuses += triggered ? 1n : 0n;
    total.bonusSteps += BigInt(steps);
    total.basePayout += base;
    total.bonusPayout += bonus;
    total.roundSquares += (base + bonus) ** 2n;
  });
  return total;
}

async function replayRound(
  subject: Subject,
  { opening, inside }: ChoicelessPlay,
  from: Uint8Array,
  round: number,
) {
  const step = async (state: Uint8Array, action: number, index: number) =>
    (await subject.play({ seed, stepIndex: round * STEPS_PER_ROUND + index, state, action })).answer;
  let answer = await step(from, opening.code, 0);
  const base = answer.payoutMillionths;
  const triggered = triggersBonus(answer);
  let bonus = 0n;
  let steps = 0;
  while (answer.bonusActive) {
    steps += 1;
    if (steps >= subject.capabilities.maxHorizon) throw wrong('a round takes more steps than it declares');
    answer = await step(answer.state, inside?.code ?? 0, steps);
    bonus += answer.payoutMillionths;
  }
  return { base, bonus, steps, triggered };
}

function triggersBonus({ view }: EngineStep): boolean {
  return readView(view).bonusTriggered !== null;
}
