import * as z from 'zod';
import { FaultError } from '../../foundation/errors.ts';
import { GameCode, MAX_ROUND_NUMBER, OperatorId, PlayerId, type RoundLog } from '../../foundation/ids.ts';
import type { RoundReference } from '../ledger.ts';
import { logHashOf } from '../round-address.ts';

/** The freeze of a log has this sort key. It comes after every number, so whoever asks for the newest round finds it first. */
export const FROZEN = 'frozen';

const NUMBER_DIGITS = 9;
const LogParts = z.object({ operatorId: OperatorId, playerId: PlayerId, gameCode: GameCode });
const roundKey = /^\d{9}$/;

export interface RoundKey {
  readonly pk: string;
  readonly sk: string;
}

/** @throws FaultError INTERNAL_ERROR where the number is out of range */
export function keyOf({ log, number }: RoundReference): RoundKey {
  return { pk: logHashOf(log), sk: sortKeyOf(number) };
}

/**
 * Writes a log as an item holds it. An id with the separator is refused, because two logs would have one text.
 * @throws FaultError INTERNAL_ERROR
 */
export function logTextOf({ operatorId, playerId, gameCode }: RoundLog): string {
  const parts = [operatorId, playerId, gameCode];
  if (parts.some((part) => part === '' || part.includes('#'))) {
    throw new FaultError('INTERNAL_ERROR', 'An id that cannot be part of a ledger key reached the ledger');
  }
  return parts.join('#');
}

export function sortKeyOf(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number > MAX_ROUND_NUMBER) {
    throw new FaultError('INTERNAL_ERROR', `${number} is not a number that a round can have`);
  }
  return String(number).padStart(NUMBER_DIGITS, '0');
}

/** Reads the number of a round from its sort key. It is 0 where no round has the key. */
export function numberIn(sk: unknown): number {
  return roundKey.test(textOf(sk)) ? Number(sk) : 0;
}

/**
 * Reads from an item which round it is. Its key must be the one of its log and number, so that no round counts in
 * another's place.
 * @throws FaultError CORRUPT_RECORD
 */
export function referenceOf({
  pk,
  sk,
  log,
}: Partial<Record<keyof RoundKey | 'log', unknown>>): RoundReference {
  const [operatorId, playerId, gameCode, ...rest] = textOf(log).split('#');
  const parts = LogParts.safeParse({ operatorId, playerId, gameCode }).data;
  const number = numberIn(sk);
  if (!parts || rest.length > 0 || number === 0 || logHashOf(parts) !== pk) {
    throw new FaultError('CORRUPT_RECORD', 'A stored round has a key that is never written');
  }
  return { log: parts, number };
}

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : '';
}
