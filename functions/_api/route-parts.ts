/** Several routes have these headers and errors. */
import type { ErrorCode } from '../../shared/foundation/errors.ts';
import type { Header } from '../function-entry.ts';

export const operatorKey: Header = { name: 'X-Operator-Key', description: "The operator's key" };
export const sessionCapability: Header = {
  name: 'X-Session-Id',
  description: 'A session of the player whose round it is',
};
export const idempotencyKey: Header = {
  name: 'Idempotency-Key',
  description:
    'Names the round: 1 to 64 visible ASCII characters. The same key and body get the same answer.',
};
export const roundNumber: Header = {
  name: 'Round-Number',
  description:
    'Makes the request valid as the round of this number only: the next_round_number that the server told.',
};

export const winPending: Header = {
  name: 'Win-Pending',
  description:
    'true where the balance has a win in it that the wallet has not acknowledged; absent otherwise',
};

/** Every route may answer with these. */
export const errorsEverywhere: readonly ErrorCode[] = [
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
  'CORRUPT_RECORD',
];
export const bodyErrors: readonly ErrorCode[] = [
  'INVALID_JSON',
  'INVALID_REQUEST',
  'UNSUPPORTED_MEDIA_TYPE',
  'BODY_TOO_LARGE',
];
export const sessionErrors: readonly ErrorCode[] = ['UNKNOWN_SESSION', 'SESSION_EXPIRED', 'SESSION_REVOKED'];
export const engineErrors: readonly ErrorCode[] = [
  'ENGINE_UNAVAILABLE',
  'HASH_MISMATCH',
  'UNSUPPORTED_ABI',
  'ENGINE_TRAP',
  'OUT_OF_FUEL',
  'OUT_OF_MEMORY',
  'TIMEOUT',
  'BAD_OUTPUT',
];
