import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RealtimeEngine } from '../shared/engine-host/realtime-engine.ts';
import { buildRealtime } from './build.ts';
import { sha256 } from './playthrough.ts';

/** What went into a realtime game at once: time, or what a player sent. */
export type RealtimeCall =
  | { readonly tickMs: number }
  | { readonly player: string; readonly input: Uint8Array };

/** A realtime game as it was played once; for every hundred calls the SHA-256 over what could be seen after each. */
export interface RealtimeGolden {
  readonly calls: number;
  readonly examples: readonly unknown[];
  readonly blocks: readonly string[];
}

export const REALTIME_CALLS = 10_000;
export const REALTIME_SEED = sha256('realtime');
const BLOCK_CALLS = 100;
const EXAMPLE_EVERY = 1_250;
const TICKS_MS = [1, 10, 16, 20, 33, 100, 250, 1_000];
const PLAYERS = 12;

/** Calls that follow from their number: two ticks in three, and all kinds of input that a byte and a number make. */
export function scriptedCall(number: number): RealtimeCall {
  const chance = sha256(`call ${number}`);
  if (chance.readUInt8(0) % 3 > 0) return { tickMs: TICKS_MS[chance.readUInt8(1) % TICKS_MS.length] ?? 1 };
  const player = `player-${chance.readUInt8(2) % PLAYERS}`;
  const kind = chance.readUInt8(3) % 4;
  const input = Buffer.alloc(kind === 1 ? 9 : 1, kind);
  // A number in the range of a multiplier in millionths, or none.
  if (kind === 1)
    input.writeBigUInt64LE(
      BigInt(chance.readUInt8(4) % 2) * BigInt(1_000_000 + (chance.readUInt32LE(5) % 9_000_000)),
      1,
    );
  return { player, input };
}

export function makeCall(engine: RealtimeEngine, call: RealtimeCall): void {
  if ('tickMs' in call) engine.tick(call.tickMs);
  else engine.input(call.player, call.input);
}

export function realtimeGoldenOf(engine: RealtimeEngine): RealtimeGolden {
  const examples: unknown[] = [];
  const blocks: string[] = [];
  let hash = createHash('sha256');
  for (let number = 1; number <= REALTIME_CALLS; number++) {
    makeCall(engine, scriptedCall(number));
    const state = engine.state();
    hash.update(state);
    if (number % EXAMPLE_EVERY === 0) examples.push(JSON.parse(state));
    if (number % BLOCK_CALLS === 0) {
      blocks.push(hash.digest('hex'));
      hash = createHash('sha256');
    }
  }
  return { calls: REALTIME_CALLS, examples, blocks };
}

export async function playRealtimeGolden(name: string): Promise<RealtimeGolden> {
  return realtimeGoldenOf(
    new RealtimeEngine(await readFile((await buildRealtime(name)).path), REALTIME_SEED),
  );
}
