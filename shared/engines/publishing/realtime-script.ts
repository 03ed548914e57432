import { createHash } from 'node:crypto';
import type { RealtimeCapabilities } from '../host/realtime-capabilities.ts';

/** Either time or a player's input goes into a realtime game at once. */
export type RealtimeCall =
  | { readonly tickMs: number }
  | { readonly player: string; readonly input: Uint8Array };

const TICKS_MS = [1, 10, 16, 20, 33, 100, 250, 1_000];
const KINDS = 4;
const CROWDS = 8;
const CALLS_BETWEEN = 60;
const LONGEST_ID = 64;

/** Makes two ticks in three calls, and all kinds of input that a byte and a number make. */
export function callByChance(chance: Buffer, players: number): RealtimeCall {
  if (chance.readUInt8(0) % 3 > 0) return { tickMs: TICKS_MS[chance.readUInt8(1) % TICKS_MS.length] ?? 1 };
  const player = `player-${chance.readUInt8(2) % players}`;
  const kind = chance.readUInt8(3) % KINDS;
  const input = Buffer.alloc(kind === 1 ? 9 : 1, kind);
  // The number is in the range of a multiplier in millionths, or there is none.
  if (kind === 1)
    input.writeBigUInt64LE(
      BigInt(chance.readUInt8(4) % 2) * BigInt(1_000_000 + (chance.readUInt32LE(5) % 9_000_000)),
      1,
    );
  return { player, input };
}

/** Time and players come by turns of chance. Now and then everybody comes at once, and then the longest tick. */
export function scriptFor({ maxPlayers, maxTickMs }: RealtimeCapabilities): RealtimeCall[] {
  const calls: RealtimeCall[] = [];
  for (let round = 0; round < CROWDS; round++) {
    calls.push(...crowd(maxPlayers), { tickMs: maxTickMs });
    for (let number = 0; number < CALLS_BETWEEN; number++) {
      const call = callByChance(chanceOf(`call ${round} ${number}`), maxPlayers);
      calls.push('tickMs' in call ? { tickMs: Math.min(call.tickMs, maxTickMs) } : call);
    }
  }
  return calls;
}

/**
 * Makes every kind of input, with and without a number. It comes from as many players as play at once, with the longest
 * ids.
 */
function crowd(players: number): RealtimeCall[] {
  return Array.from({ length: players }, (_, number) => `player-${number}`.padEnd(LONGEST_ID, '.')).flatMap(
    (player) =>
      Array.from({ length: KINDS }, (_, kind) => [1, 9].map((length) => inputOf(kind, length))).flatMap(
        (inputs) => inputs.map((input) => ({ player, input })),
      ),
  );
}

function inputOf(kind: number, length: number): Uint8Array {
  const input = new Uint8Array(length);
  input[0] = kind;
  return input;
}

export function chanceOf(text: string): Buffer {
  return createHash('sha256').update(`realtime conformance ${text}`).digest();
}
