import { createHash } from 'node:crypto';
import { sameBytes } from '../foundation/bytes.ts';
import type { Idempotency, Round, RoundKind } from './round.ts';
import type { SessionId } from '../foundation/ids.ts';

/** A log remembers this many keys, the newest round's own included. */
export const REMEMBERED_KEYS = 64;
const HASH_BYTES = 16;
/** A short hash only says where to look. The round found there holds the full one. */
const SHORT_BYTES = 3;

/** Two requests are the same request where all of this is equal. */
export interface IdentifiedRequest {
  readonly idempotencyKey: string;
  readonly kind: RoundKind;
  readonly sessionId: SessionId;
  readonly betAmount: string | undefined;
  readonly betLines: number | undefined;
}

/** A request may name the round that it is for. */
export interface NumberedRequest extends IdentifiedRequest {
  /** The request is valid as the round of this number only. */
  readonly roundNumber: number | undefined;
}

export type RequestIdentity = Pick<Idempotency, 'keyHash' | 'requestHash'>;

export function identify(request: IdentifiedRequest): RequestIdentity {
  const { kind, sessionId, betAmount, betLines } = request;
  return {
    keyHash: shortSha256(request.idempotencyKey),
    requestHash: shortSha256(JSON.stringify([kind, sessionId, betAmount ?? null, betLines ?? null])),
  };
}

/** Makes the list of keys that a new round remembers from the rounds before it. */
export function earlierKeysAfter(newest: Round | undefined): Uint8Array {
  if (!newest) return new Uint8Array();
  const { keyHash, earlierKeys } = newest.idempotency;
  const kept = earlierKeys.subarray(0, (REMEMBERED_KEYS - 2) * SHORT_BYTES);
  const keys = new Uint8Array(SHORT_BYTES + kept.length);
  keys.set(keyHash.subarray(0, SHORT_BYTES));
  keys.set(kept, SHORT_BYTES);
  return keys;
}

/**
 * Lists the numbers of rounds older than `newest` that may carry this key, newest first. There are nearly always none or
 * one.
 */
export function candidatesFor(newest: Round, keyHash: Uint8Array): number[] {
  const { earlierKeys } = newest.idempotency;
  const numbers: number[] = [];
  for (let offset = 0; offset < earlierKeys.length; offset += SHORT_BYTES) {
    const matches = sameBytes(
      earlierKeys.subarray(offset, offset + SHORT_BYTES),
      keyHash.subarray(0, SHORT_BYTES),
    );
    const number = newest.number - 1 - offset / SHORT_BYTES;
    if (matches && number > 0) numbers.push(number);
  }
  return numbers;
}

function shortSha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest().subarray(0, HASH_BYTES));
}
