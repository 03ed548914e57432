import type { ReelTest } from '../../shared/certification/report.ts';
import { chiSquare } from '../../shared/certification/statistics.ts';
import type { LoadedEngine } from '../../shared/engine-host/loaded-engine.ts';
import { simulate } from '../../shared/engine-host/simulation.ts';
import type { Theory } from './theory.ts';

const STEPS_A_ROUND = 65_536;

/** Plays the first step of the run's first rounds, and compares what the reels show with their strips. */
export function testReels(
  engine: LoadedEngine,
  theory: Theory,
  { seed, mode, rounds }: { readonly seed: Uint8Array; readonly mode: string; readonly rounds: number },
): readonly ReelTest[] {
  const reels = theory.reels(mode);
  if (reels.length === 0) return [];
  const counts = reels.map(({ weights }) => weights.map(() => 0));
  const { state } = engine.reset();
  const action = actionOf(engine, mode);
  for (let round = 0; round < rounds; round += 1) {
    const { view } = engine.step({ state, action, seed, stepIndex: round * STEPS_A_ROUND });
    for (const [reel, symbol] of theory.observe(JSON.parse(view)).entries()) {
      const count = counts[reel];
      if (count?.[symbol] === undefined) throw new RangeError(`Reel ${reel} has no symbol ${symbol}`);
      count[symbol] += 1;
    }
  }
  return reels.map(({ name, weights }, reel) => ({
    reel: name,
    observations: rounds,
    ...chiSquare(counts[reel] ?? [], weights),
  }));
}

/**
 * Plays the first step of the run's first rounds, and compares what they pay with what the engine's simulation says of them:
 * a report speaks of the simulation, and players play steps.
 * @throws Error where they differ
 */
export function checkSimulation(
  engine: LoadedEngine,
  { seed, mode, rounds }: { readonly seed: Uint8Array; readonly mode: string; readonly rounds: number },
): void {
  const { state } = engine.reset();
  const action = actionOf(engine, mode);
  let paid = 0n;
  for (let round = 0; round < rounds; round += 1) {
    paid += engine.step({ state, action, seed, stepIndex: round * STEPS_A_ROUND }).payoutMillionths;
  }
  const index = engine.capabilities.modes.findIndex(({ name }) => name === mode);
  const { basePayout } = simulate(engine, { seed, first: 0n, rounds, mode: index });
  if (basePayout === paid) return;
  throw new Error(
    `The paid actions of ${rounds} rounds paid ${paid} millionths, and ${basePayout} in the engine's simulation`,
  );
}

/** @throws Error where no action opens the mode */
function actionOf({ capabilities }: LoadedEngine, mode: string): number {
  const action = capabilities.actions.find((candidate) => candidate.mode === mode);
  if (!action) throw new Error(`No action opens the mode ${mode}`);
  return action.code;
}
