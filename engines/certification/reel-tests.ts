import type { ReelTest } from '../../shared/simulation/report.ts';
import { chiSquare } from '../../shared/simulation/statistics.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import type { EngineStep } from '../../shared/engines/engines.ts';
import type { Phase, Reel, Theory } from './theory.ts';

const STEPS_A_ROUND = 65_536;

export interface PlayedRounds {
  /** What the paid actions won, in millionths of the base bet. */
  readonly basePayout: bigint;
  readonly reels: readonly ReelTest[];
}

/**
 * Plays the run's first rounds step by step, as players play them, and compares what their reels show with the strips.
 * A bonus is played where its reels are known.
 * @throws Error where no action opens the mode, or a bonus with known reels leaves a choice
 */
export function playRounds(
  engine: LoadedEngine,
  theory: Theory | undefined,
  { seed, mode, rounds }: { readonly seed: Uint8Array; readonly mode: string; readonly rounds: number },
): PlayedRounds {
  const base = new ReelCounter(theory, mode, 'base');
  const bonus = new ReelCounter(theory, mode, 'bonus');
  const opening = actionOf(engine, mode);
  const bonusAction = bonus.hasReels ? onlyBonusAction(engine) : 0;
  const first = engine.reset();
  let basePayout = 0n;
  for (let round = 0; round < rounds; round += 1) {
    let stepIndex = round * STEPS_A_ROUND;
    let step: EngineStep = engine.step({ state: first.state, action: opening, seed, stepIndex });
    basePayout += step.payoutMillionths;
    base.count(step);
    while (bonus.hasReels && step.bonusActive) {
      stepIndex += 1;
      step = engine.step({ state: step.state, action: bonusAction, seed, stepIndex });
      bonus.count(step);
    }
  }
  return { basePayout, reels: [...base.tests(), ...bonus.tests()] };
}

/** Counts what the reels of one phase show. */
class ReelCounter {
  readonly #theory: Theory | undefined;
  readonly #reels: readonly Reel[];
  readonly #counts: number[][];
  #steps = 0;

  constructor(theory: Theory | undefined, mode: string, phase: Phase) {
    this.#theory = theory;
    this.#reels = theory?.reels(mode, phase) ?? [];
    this.#counts = this.#reels.map(({ weights }) => weights.map(() => 0));
  }

  get hasReels(): boolean {
    return this.#reels.length > 0;
  }

  count({ view }: EngineStep): void {
    if (!this.#theory || !this.hasReels) return;
    this.#steps += 1;
    for (const [reel, symbol] of this.#theory.observe(JSON.parse(view)).entries()) {
      const count = this.#counts[reel];
      if (count?.[symbol] === undefined) throw new RangeError(`Reel ${reel} has no symbol ${symbol}`);
      count[symbol] += 1;
    }
  }

  tests(): ReelTest[] {
    if (this.#steps === 0) return [];
    return this.#reels.map(({ name, weights }, reel) => ({
      reel: name,
      observations: this.#steps,
      ...chiSquare(this.#counts[reel] ?? [], weights),
    }));
  }
}

function actionOf({ capabilities }: LoadedEngine, mode: string): number {
  const action = capabilities.actions.find((candidate) => candidate.mode === mode);
  if (!action) throw new Error(`No action opens the mode ${mode}`);
  return action.code;
}

function onlyBonusAction({ capabilities }: LoadedEngine): number {
  const [action, ...others] = capabilities.actions.filter(({ phase }) => phase === 'bonus');
  if (!action || others.length > 0) throw new Error('A bonus whose reels are tested has one action');
  return action.code;
}
