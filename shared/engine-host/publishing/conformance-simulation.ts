import { createHash } from 'node:crypto';
import type { EngineMode } from '../../ports/engines.ts';
import type { LoadedEngine } from '../loaded-engine.ts';
import { type SimulationResult, simulate } from '../simulation.ts';
import { wrong } from './nonconformity.ts';

const ROUNDS = 2_000;
const CUT = 700;
/** How many of them are played again, step by step. */
const REPLAYED = 300;
const STEPS_PER_ROUND = 65_536;
const seed = createHash('sha256').update('conformance simulation').digest();

/** @throws EngineError where simulated rounds are not those that steps play, or depend on how they are counted */
export function checkSimulation(engine: LoadedEngine): void {
  for (const [index, mode] of engine.capabilities.modes.entries()) {
    const batch = (first: number, rounds: number) =>
      simulate(engine, { seed, first: BigInt(first), rounds, mode: index });
    const whole = batch(0, ROUNDS);
    if (!sameCounters(whole, [batch(0, CUT), batch(CUT, ROUNDS - CUT)])) {
      throw wrong(`simulated rounds of ${mode.name} depend on how they are split into batches`);
    }
    if (whole.rounds !== BigInt(ROUNDS))
      throw wrong(`its simulation of ${mode.name} does not count its rounds`);
    if (whole.maxWin > mode.maxWinMillionths) {
      throw wrong(`a simulated round of ${mode.name} wins more than it declares`);
    }
    const replayed = replay(engine, mode);
    if (replayed && !sameCounters(batch(0, REPLAYED), [replayed])) {
      throw wrong(`simulated rounds of ${mode.name} are not those that steps play`);
    }
  }
}

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

/** Undefined where a player has choices, of which only the game knows how its simulated player makes them. */
function replay(engine: LoadedEngine, mode: EngineMode): Counters | undefined {
  const { actions } = engine.capabilities;
  const openings = actions.filter((action) => action.mode === mode.name);
  const inside = actions.filter(({ phase }) => phase === 'bonus');
  const [opening] = openings;
  if (!opening || openings.length > 1 || inside.length > 1 || actions.some(({ phase }) => phase === 'any')) {
    return undefined;
  }
  const total = {
    rounds: 0n,
    hits: 0n,
    bonuses: 0n,
    bonusSteps: 0n,
    basePayout: 0n,
    bonusPayout: 0n,
    roundSquares: 0n,
  };
  const { state } = engine.reset();
  for (let round = 0; round < REPLAYED; round++) {
    const at = (step: number) => ({ seed, stepIndex: round * STEPS_PER_ROUND + step });
    let answer = engine.step({ ...at(0), state, action: opening.code });
    const base = answer.payoutMillionths;
    let bonus = 0n;
    let steps = 0;
    while (answer.bonusActive) {
      steps += 1;
      answer = engine.step({ ...at(steps), state: answer.state, action: inside[0]?.code ?? 0 });
      bonus += answer.payoutMillionths;
    }
    total.rounds += 1n;
    total.hits += base + bonus > 0n ? 1n : 0n;
    total.bonuses += steps > 0 ? 1n : 0n;
    total.bonusSteps += BigInt(steps);
    total.basePayout += base;
    total.bonusPayout += bonus;
    total.roundSquares += (base + bonus) ** 2n;
  }
  return total;
}
