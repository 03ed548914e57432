import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/foundation/clock.ts';
import type { Random } from '../../shared/foundation/random.ts';

/** Stands in for the system's clock and random source, so that every run plays the same rounds. */
// The wallet takes no request that is minutes old; the digits that change are the same in every run.
let nowMs = Math.floor(Date.now() / 100_000) * 100_000;
let counter = 0;

/** A millisecond passes with each look: nothing expires, and no two moments are the same. */
export const systemClock: Clock = {
  nowMs: () => {
    nowMs += 1;
    return nowMs;
  },
};

function block(): Buffer {
  counter += 1;
  return createHash('sha256').update(`budget:${counter}`).digest();
}

export const systemRandom: Random = {
  bytes: (length) => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, block);
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  },
  uuid: () => {
    const bytes = block().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
};
