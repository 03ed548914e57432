import { createHash } from 'node:crypto';
import { callByChance, type RealtimeCall } from '../shared/engines/publishing/realtime-script.ts';
import type { RealtimeTable } from '../shared/engines/host/realtime-table.ts';
import { loadBuiltRealtime } from './built-engine.ts';
import { sha256 } from './playthrough.ts';

/**
 * This is a realtime game as it was played once. It has the SHA-256 of every hundred calls, over what could be seen
 * after each.
 */
export interface RealtimeGolden {
  readonly calls: number;
  readonly examples: readonly unknown[];
  readonly blocks: readonly string[];
}

export const REALTIME_CALLS = 10_000;
export const REALTIME_SEED = sha256('realtime');
const BLOCK_CALLS = 100;
const EXAMPLE_EVERY = 1_250;
const PLAYERS = 12;

/** Gives a call of a playthrough. Each follows from its number. */
export function scriptedCall(number: number): RealtimeCall {
  return callByChance(sha256(`call ${number}`), PLAYERS);
}

export function makeCall(table: RealtimeTable, call: RealtimeCall): void {
  if ('tickMs' in call) table.tick(call.tickMs);
  else table.input(call.player, call.input);
}

export function realtimeGoldenOf(table: RealtimeTable): RealtimeGolden {
  const examples: unknown[] = [];
  const blocks: string[] = [];
  let hash = createHash('sha256');
  for (let number = 1; number <= REALTIME_CALLS; number++) {
    makeCall(table, scriptedCall(number));
    const state = table.state();
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
  return realtimeGoldenOf((await loadBuiltRealtime(name)).open(REALTIME_SEED));
}
