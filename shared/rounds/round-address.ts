import { createHash } from 'node:crypto';
import { MAX_ROUND_NUMBER, type RoundId, type RoundLog } from '../foundation/ids.ts';

const DAY_MS = 86_400_000;
const HASH_DIGITS = 19;
const logHash = new RegExp(`^[0-9a-f]{${HASH_DIGITS}}$`);
/** The version of a UUID is its digit at this place. */
const VERSION_PLACE = 12;

/** Says where the ledger keeps a round, and in which day's folder the archive keeps it. */
export interface RoundAddress {
  /** The first 76 bits of the log's SHA-256, in hex. */
  readonly logHash: string;
  readonly number: number;
  /** The day of the intent, counted from 1970-01-01 (UTC). */
  readonly day: number;
}

/** Says whether a text may be the hash of a log. */
export function isLogHash(text: string): boolean {
  return logHash.test(text);
}

/** An id with the separator is refused when it is parsed, so two logs never have the same text. */
export function logHashOf({ operatorId, playerId, gameCode }: RoundLog): string {
  const text = [operatorId, playerId, gameCode].join('#');
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
}

export function isSameLog(one: RoundLog, other: RoundLog): boolean {
  return (
    one.operatorId === other.operatorId && one.playerId === other.playerId && one.gameCode === other.gameCode
  );
}

/**
 * Makes the id of a round, which is its address. It is a UUIDv8 (RFC 9562, 5.8). It has 76 bits of the log's hash, 30 of
 * the round's number and 16 of the day of its intent. Their digits in the id are `HHHHHHHH-HHHH-8HHH-NNNN-NNNNHHHHDDDD`; the first
 * two bits of N are the variant.
 */
export function roundIdOf(log: RoundLog, number: number, startedAtMs: number): RoundId {
  const hash = logHashOf(log);
  const numbered = hex(0x8000_0000 + number, 8);
  const day = hex(Math.floor(startedAtMs / DAY_MS), 4);
  const last = `${numbered.slice(4)}${hash.slice(15)}${day}`;
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(12, 15)}`, numbered.slice(0, 4), last].join(
    '-',
  ) as RoundId;
}

/** Reads the address that an id is. It is undefined where no round can have the id. */
export function addressOf(roundId: RoundId): RoundAddress | undefined {
  const digits = roundId.replaceAll('-', '');
  const number = Number.parseInt(digits.slice(16, 24), 16) - 0x8000_0000;
  const isNumber = number >= 1 && number <= MAX_ROUND_NUMBER;
  if (digits[VERSION_PLACE] !== '8' || !isNumber) return undefined;
  return {
    logHash: digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(24, 28),
    number,
    day: Number.parseInt(digits.slice(28), 16),
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
