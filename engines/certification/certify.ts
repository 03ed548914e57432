import { availableParallelism } from 'node:os';
import {
  certificationReport,
  type CertificationReport,
  type CertifiedRun,
} from '../../shared/simulation/report.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import type { EngineMode } from '../../shared/engines/engines.ts';
import { builtArtefact } from '../built-engine.ts';
import { playRounds } from './reel-tests.ts';
import { simulateOnThreads } from './run.ts';
import { theoryOf } from './theory.ts';

export interface CertifyOptions {
  readonly name: string;
  /** The first mode if absent. */
  readonly mode?: string | undefined;
  readonly rounds: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** Also compares with the figures that follow from the rules, where the game has them. */
  readonly exact: boolean;
  readonly workers?: number | undefined;
  readonly onProgress?: (roundsDone: number, rounds: number) => void;
}

/** So many are played step by step, as players play them. */
const PLAYED_ROUNDS = 200_000;

/** Simulates a game of this folder and reports on it. @throws Error where there is no such game or mode */
export async function certify(options: CertifyOptions): Promise<CertificationReport> {
  const { name, seed, rounds } = options;
  const { wasm, hash } = await builtArtefact(name);
  const engine = await new EngineHost({ fetch: async () => wasm }).load(hash);
  const { mode, index } = modeOf(engine.capabilities.modes, options.mode);
  const comparisons = await comparisonsOf(engine, mode.name, options);
  const { tally, convergence } = await simulateOnThreads({
    wasm,
    hash,
    seed,
    mode: index,
    rounds,
    priceMillionths: mode.priceMillionths,
    workers: options.workers ?? availableParallelism(),
    onProgress: (done) => options.onProgress?.(done, rounds),
  });
  return certificationReport({
    capabilities: engine.capabilities,
    engineSha256: engine.hash,
    mode,
    seed: Buffer.from(seed).toString('hex'),
    tally,
    convergence,
    ...comparisons,
  });
}

/**
 * Compares a run with what only this folder knows of a game: its exact figures, and the strips of the reels that it
 * shows.
 * @throws Error where exact figures are asked for and there are none, or steps pay something else than the simulation
 */
export async function comparisonsOf(
  engine: LoadedEngine,
  mode: string,
  { name, seed, rounds, exact }: Pick<CertifyOptions, 'name' | 'seed' | 'rounds' | 'exact'>,
): Promise<Pick<CertifiedRun, 'reels' | 'exact'>> {
  const theory = await theoryOf(name);
  const exactFigures = exact ? theory?.exact(mode) : undefined;
  if (exact && !exactFigures) throw new Error(`There are no exact figures of ${name} in mode ${mode}`);
  const played = { seed, mode, rounds: Math.min(rounds, PLAYED_ROUNDS) };
  const { basePayout, reels } = playRounds(engine, theory, played);
  checkSimulated(engine, played, basePayout);
  return { reels, exact: exactFigures };
}

/** A report speaks of the engine's simulation, and players play steps. @throws Error where they pay something else */
function checkSimulated(
  engine: LoadedEngine,
  { seed, mode, rounds }: { readonly seed: Uint8Array; readonly mode: string; readonly rounds: number },
  paid: bigint,
): void {
  const { index } = modeOf(engine.capabilities.modes, mode);
  const { basePayout } = simulate(engine, { seed, first: 0n, rounds, mode: index });
  if (basePayout === paid) return;
  throw new Error(
    `The paid actions of ${rounds} rounds paid ${paid} millionths, and ${basePayout} in the engine's simulation`,
  );
}

/**
 * Finds a mode by its name, or the first one where none is named.
 * @throws Error where there is none of that name, or it is played for no money
 */
export function modeOf(modes: readonly EngineMode[], name: string | undefined) {
  const index = name === undefined ? 0 : modes.findIndex((mode) => mode.name === name);
  const mode = modes[index];
  if (!mode)
    throw new Error(`There is no mode ${name}; there are ${modes.map((known) => known.name).join(', ')}`);
  if (mode.priceMillionths === 0n)
    throw new Error(`Mode ${mode.name} is played for no money: there is no return to measure`);
  return { mode, index };
}
