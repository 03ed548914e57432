import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { EngineCapabilities } from '../shared/engines/engines.ts';
import { buildEngine, goldenPath, realtimeNames } from './build.ts';
import { type PlayedStep, playThrough } from './playthrough.ts';
import { compileRaw, RawEngine, stepBytes } from './raw-engine.ts';
import { playRealtimeGolden } from './realtime-golden.ts';

/**
 * This is a game as it was played once, in `engines/<name>/golden.json`. It has the first state, some steps to read,
 * and for every hundred steps the SHA-256 over all that went in and came out. `playThrough` says what is played.
 */
export interface Golden {
  readonly engine_id: string;
  readonly build_id: string;
  readonly first_state: string;
  readonly first_view: unknown;
  readonly examples: readonly GoldenStep[];
  readonly steps: number;
  readonly blocks: readonly string[];
}

interface GoldenStep {
  readonly round: number;
  readonly step: number;
  /** The bytes as hex, like the states. */
  readonly seed: string;
  readonly state: string;
  readonly action: string;
  readonly state_after: string;
  readonly payout_millionths: string;
  readonly flags: number;
  readonly view: unknown;
}

export const GOLDEN_STEPS = 10_000;
const BLOCK_STEPS = 100;
const MAX_EXAMPLES = 8;

export function goldenOf(engine: RawEngine): Golden {
  const capabilities = engine.capabilities();
  const first = engine.reset();
  const played = playThrough(engine, capabilities.actions, GOLDEN_STEPS);
  return {
    engine_id: capabilities.engineId,
    build_id: capabilities.buildId,
    first_state: hex(first.state),
    first_view: JSON.parse(first.view),
    examples: exampleSteps(played).map((step) => readable(step, capabilities)),
    steps: played.length,
    blocks: hashBlocks(played),
  };
}

function hashBlocks(played: readonly PlayedStep[]): string[] {
  return Array.from({ length: played.length / BLOCK_STEPS }, (_, block) => {
    const hash = createHash('sha256');
    const first = block * BLOCK_STEPS;
    for (const { input, output } of played.slice(first, first + BLOCK_STEPS)) {
      hash.update(stepBytes(input)).update(output);
    }
    return hash.digest('hex');
  });
}

/** The first step of every kind: by its flags, whether it paid, and whether it is a round's first. */
function exampleSteps(played: readonly PlayedStep[]): PlayedStep[] {
  const kinds = new Map<string, PlayedStep>();
  for (const step of played) {
    const { flags, payoutMillionths } = step.answer;
    const kind = `${flags} ${payoutMillionths > 0n} ${step.step === 0}`;
    if (!kinds.has(kind) && kinds.size < MAX_EXAMPLES) kinds.set(kind, step);
  }
  return [...kinds.values()];
}

function readable({ round, step, input, answer }: PlayedStep, { actions }: EngineCapabilities): GoldenStep {
  return {
    round,
    step,
    seed: hex(input.seed),
    state: hex(input.state),
    action: actions[input.action]?.name ?? '',
    state_after: hex(answer.state),
    payout_millionths: answer.payoutMillionths.toString(),
    flags: answer.flags,
    view: JSON.parse(answer.view),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** @throws Error where there is none */
export async function readGolden(name: string): Promise<Golden> {
  return JSON.parse(await readFile(goldenPath(name), 'utf8')) as Golden;
}

/** Plays a game of this folder as its sources are now. */
export async function playGolden(name: string): Promise<Golden> {
  const { path } = await buildEngine(name);
  return goldenOf(new RawEngine(await compileRaw(path)));
}

/** Plays a game and writes the file. Do this where a change of its play is meant. */
export async function recordGolden(name: string): Promise<void> {
  await writeFile(goldenPath(name), `${JSON.stringify(await play(name), null, 2)}\n`);
}

function play(name: string): Promise<unknown> {
  return realtimeNames().includes(name) ? playRealtimeGolden(name) : playGolden(name);
}

/** @returns the exit code: 1 where a game plays otherwise than it was recorded */
export async function checkGoldens(names: readonly string[]): Promise<number> {
  let allSame = true;
  for (const name of names) {
    const same = JSON.stringify(await readGolden(name)) === JSON.stringify(await play(name));
    console.log(`${name.padEnd(20)} ${same ? 'as recorded' : 'DIFFERS'} (Node ${process.versions.node})`);
    allSame &&= same;
  }
  return allSame ? 0 : 1;
}
