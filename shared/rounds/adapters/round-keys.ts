import * as z from 'zod';
import { FaultError } from '../../foundation/errors.ts';
import { GameCode, MAX_ROUND_NUMBER, OperatorId, PlayerId, type RoundLog } from '../../foundation/ids.ts';
import type { RoundReference } from '../ledger.ts';

const NUMBER_DIGITS = 9;
const LogParts = z.object({ operatorId: OperatorId, playerId: PlayerId, gameCode: GameCode });
const roundKey = /^round#(\d{9})$/;

export interface RoundKey {
  readonly pk: string;
  readonly sk: string;
}

/** @throws FaultError INTERNAL_ERROR where the number is out of range */
export function keyOf({ log, number }: RoundReference): RoundKey {
  return { pk: logKeyOf(log), sk: sortKeyOf(number) };
}

/**
 * Makes a log's key. An id with the separator is refused, because two logs would share a key.
 * @throws FaultError INTERNAL_ERROR
 */
export function logKeyOf({ operatorId, playerId, gameCode }: RoundLog): string {
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
  return `round#${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** @throws FaultError CORRUPT_RECORD */
export function referenceOf({ pk, sk }: Partial<Record<keyof RoundKey, unknown>>): RoundReference {
  const [operatorId, playerId, gameCode, ...rest] = textOf(pk).split('#');
  const log = LogParts.safeParse({ operatorId, playerId, gameCode }).data;
  const number = Number(roundKey.exec(textOf(sk))?.[1] ?? 0);
  if (!log || rest.length > 0 || number === 0) {
    throw new FaultError('CORRUPT_RECORD', 'A stored round has a key that is never written');
  }
  return { log, number };
}

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : '';
}
