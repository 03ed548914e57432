import { writeFile } from 'node:fs/promises';
import type { EngineStep } from '../../shared/ports/engines.ts';
import type { LoadedEngine } from '../../shared/engine-host/loaded-engine.ts';
import { writeStep } from '../../shared/engine-host/wire-format.ts';
import { loadBuiltEngine } from '../built-engine.fixture.ts';

/** Rounds as they were played once, with every byte that the engine answered. */
export interface GoldenRound {
  /** 32 bytes, hex. */
  readonly seed: string;
  readonly steps: readonly GoldenStep[];
}

export interface GoldenStep {
  readonly action: number;
  /** The whole output of rgs_step, base64. */
  readonly output: string;
}

const SPIN = 0;
const FREE_SPIN = 1;
/** Enough for losses and wins; a round with a retrigger follows. */
const PLAIN_ROUNDS = 12;

/** Plays a round to its end, the way that a player must. */
export function playGoldenRound(engine: LoadedEngine, seed: Uint8Array): GoldenRound {
  const steps: GoldenStep[] = [];
  let { state }: Pick<EngineStep, 'state'> = engine.reset();
  let bonusActive = false;
  do {
    const input = { state, action: bonusActive ? FREE_SPIN : SPIN, seed, stepIndex: steps.length };
    steps.push({ action: input.action, output: outputOf(engine, input) });
    ({ state, bonusActive } = engine.step(input));
  } while (bonusActive);
  return { seed: Buffer.from(seed).toString('hex'), steps };
}

function outputOf(engine: LoadedEngine, input: Parameters<LoadedEngine['step']>[0]): string {
  return engine.withInstance((instance) => {
    const length = instance.call('rgs_step', writeStep(instance, input));
    return Buffer.from(instance.output.subarray(0, length)).toString('base64');
  });
}

/** The seed of the n-th round tried: its number, and zeros. */
function seedOf(round: number): Uint8Array {
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, round, true);
  return seed;
}

function recordGolden(engine: LoadedEngine): GoldenRound[] {
  const rounds = Array.from({ length: PLAIN_ROUNDS }, (_, round) => playGoldenRound(engine, seedOf(round)));
  for (let round = PLAIN_ROUNDS; ; round++) {
    const played = playGoldenRound(engine, seedOf(round));
    // Ten free spins, and at least one retrigger's five.
    if (played.steps.length > 11) return [...rounds, played];
  }
}

if (import.meta.main) {
  const rounds = recordGolden(await loadBuiltEngine('happy-panda'));
  await writeFile(new URL('golden.json', import.meta.url), `${JSON.stringify(rounds, null, 2)}\n`);
}
