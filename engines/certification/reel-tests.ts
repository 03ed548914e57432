import type { ReelTest } from '../../shared/certification/report.ts';
import { chiSquare } from '../../shared/certification/statistics.ts';
import type { LoadedEngine } from '../../shared/engine-host/loaded-engine.ts';
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
  const action = engine.capabilities.actions.find(({ phase }) => phase === 'base')?.code ?? 0;
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
