import * as z from 'zod';
import type { ShardResult } from '../simulation.ts';
import { FaultError } from '../../foundation/errors.ts';
import { readJson } from '../../foundation/json-text.ts';

const FORMAT = 1;
const integer = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/)
  .transform(BigInt);

const Record = z.strictObject({
  format: z.literal(FORMAT),
  engineHash: z.string(),
  seed: z.string(),
  mode: z.string(),
  first: z.int().min(0),
  rounds: z.int().positive(),
  tally: z.strictObject({
    rounds: integer,
    hits: integer,
    bonuses: integer,
    bonusSteps: integer,
    basePayout: integer,
    bonusPayout: integer,
    maxWin: integer,
    baseSquares: integer,
    bonusSquares: integer,
    roundSquares: integer,
    histogram: z.array(z.strictObject({ fromMillionths: integer, rounds: integer })),
  }),
  payouts: z.array(integer),
});

/** Writes a shard's result as JSON. A figure that may exceed 2^53 is a decimal string. */
export function encodeShard(shard: ShardResult): string {
  return JSON.stringify({ format: FORMAT, ...shard }, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeShard(text: string): ShardResult {
  const parsed = Record.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new FaultError('CORRUPT_RECORD', `A shard cannot be read: ${z.prettifyError(parsed.error)}`);
  const { format: _, ...shard } = parsed.data;
  return shard;
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', 'A shard is not JSON', { cause });
  }
}
