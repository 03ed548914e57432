import { writeFile } from 'node:fs/promises';
import type { LoadedEngine } from '../shared/engine-host/loaded-engine.ts';
import { writeReset, writeStep } from '../shared/engine-host/wire-format.ts';
import type { EngineInput, EngineStep } from '../shared/ports/engines.ts';
import { loadBuiltEngine } from './built-engine.ts';

/** A game as it was played once, with every byte that the engine answered, in base64. */
export interface Golden {
  readonly reset: string;
  readonly rounds: readonly GoldenRound[];
}

export interface GoldenRound {
  /** 32 bytes, hex. */
  readonly seed: string;
  readonly steps: readonly GoldenStep[];
}

export interface GoldenStep {
  readonly action: number;
  readonly output: string;
}

/** Enough for losses and wins; then follows a round whose bonus was prolonged, where the game has such a thing. */
const FIRST_ROUNDS = 12;
const ROUNDS_TO_TRY = 200_000;

export function playGolden(engine: LoadedEngine, seeds: readonly Uint8Array[]): Golden {
  const reset = engine.withInstance((instance) => {
    const length = instance.call('rgs_reset', writeReset(instance));
    return Buffer.from(instance.output.subarray(0, length)).toString('base64');
  });
  return { reset, rounds: seeds.map((seed) => playRound(engine, seed)) };
}

/** Plays the first action that each phase has, until the bonus is over. */
function playRound(engine: LoadedEngine, seed: Uint8Array): GoldenRound {
  const steps: GoldenStep[] = [];
  let { state, bonusActive }: Pick<EngineStep, 'state' | 'bonusActive'> = engine.reset();
  do {
    const input = {
      state,
      action: firstAction(engine, bonusActive ? 'bonus' : 'base'),
      seed,
      stepIndex: steps.length,
    };
    steps.push({ action: input.action, output: outputOf(engine, input) });
    ({ state, bonusActive } = engine.step(input));
  } while (bonusActive);
  return { seed: Buffer.from(seed).toString('hex'), steps };
}

function firstAction({ capabilities }: LoadedEngine, phase: 'base' | 'bonus'): number {
  const action = capabilities.actions.find((candidate) => candidate.phase === phase);
  if (action === undefined) throw new Error(`${capabilities.engineId} has no action of the ${phase} phase`);
  return action.code;
}

function outputOf(engine: LoadedEngine, input: EngineInput): string {
  return engine.withInstance((instance) => {
    const length = instance.call('rgs_step', writeStep(instance, input));
    return Buffer.from(instance.output.subarray(0, length)).toString('base64');
  });
}

function chooseSeeds(engine: LoadedEngine): Uint8Array[] {
  const seeds = Array.from({ length: FIRST_ROUNDS }, (_, round) => seedOf(round));
  for (let round = FIRST_ROUNDS; round < ROUNDS_TO_TRY; round++) {
    if (prolongsItsBonus(engine, seedOf(round))) return [...seeds, seedOf(round)];
  }
  return seeds;
}

function prolongsItsBonus(engine: LoadedEngine, seed: Uint8Array): boolean {
  return playRound(engine, seed)
    .steps.slice(1)
    .some(({ output }) => readGolden(output).bonusTriggered);
}

/** The number of a round, and zeros. */
function seedOf(round: number): Uint8Array {
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, round, true);
  return seed;
}

/** What a test wants to know of a recorded step. */
export function readGolden(output: string): { payoutMillionths: bigint; bonusTriggered: boolean } {
  const bytes = Buffer.from(output, 'base64');
  const payoutAt = 4 + bytes.readUInt32LE(0);
  return {
    payoutMillionths: bytes.readBigInt64LE(payoutAt),
    bonusTriggered: (bytes.readUInt32LE(payoutAt + 8) & 2) !== 0,
  };
}

if (import.meta.main) {
  const [name = ''] = process.argv.slice(2);
  const engine = await loadBuiltEngine(name);
  const golden = playGolden(engine, chooseSeeds(engine));
  await writeFile(new URL(`${name}/golden.json`, import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);
}
