import { type ErrorCode, FaultError, RgsError } from '../../shared/foundation/errors.ts';

/** Gives every code its HTTP status. The type makes the table exhaustive. */
export const statusOf = {
  INVALID_JSON: 400,
  INVALID_REQUEST: 400,
  UNSUPPORTED_MEDIA_TYPE: 415,
  BODY_TOO_LARGE: 413,
  INVALID_IDEMPOTENCY_KEY: 400,
  IDEMPOTENCY_KEY_REUSED: 422,
  INVALID_AMOUNT: 400,
  AMOUNT_TOO_PRECISE: 400,
  BET_NOT_OFFERED: 422,
  BET_LINES_NOT_OFFERED: 422,
  UNKNOWN_CURRENCY: 422,
  CURRENCY_NOT_OFFERED: 422,
  INVALID_CURSOR: 400,
  PERIOD_TOO_LARGE: 422,
  PERIOD_TOO_OLD: 422,
  UNKNOWN_GAME: 404,
  UNKNOWN_SESSION: 404,
  UNKNOWN_OPERATOR: 404,
  UNKNOWN_ROUND: 404,
  MISSING_CREDENTIALS: 401,
  INVALID_OPERATOR_KEY: 401,
  INVALID_PLAYER_TOKEN: 401,
  OPERATOR_MISMATCH: 403,
  OPERATOR_DISABLED: 403,
  GAME_DISABLED: 403,
  SESSION_EXPIRED: 401,
  SESSION_REVOKED: 401,
  SESSION_GAME_MISMATCH: 409,
  GAME_IS_REALTIME: 409,
  ROUND_IN_FLIGHT: 409,
  ROUND_NUMBER_STALE: 409,
  ROUND_NUMBER_AHEAD: 409,
  LOG_FROZEN: 409,
  BONUS_ACTIVE: 409,
  NO_ACTIVE_BONUS: 409,
  BONUS_CURRENCY_MISMATCH: 409,
  BONUS_CAN_GO_ON: 409,
  STATE_BOUND_TO_BET: 409,
  ACCOUNT_CURRENCY_MISMATCH: 409,
  INSUFFICIENT_FUNDS: 402,
  LIMIT_REACHED: 403,
  PLAYER_BLOCKED: 403,
  WALLET_REFUSED: 403,
  ROUND_VOIDED: 502,
  ROUND_FAILED: 500,
  ENGINE_UNAVAILABLE: 503,
  HASH_MISMATCH: 500,
  UNSUPPORTED_ABI: 500,
  ENGINE_TRAP: 500,
  OUT_OF_FUEL: 500,
  OUT_OF_MEMORY: 500,
  TIMEOUT: 500,
  ENGINE_REJECTED: 500,
  BAD_OUTPUT: 500,
  WALLET_UNAVAILABLE: 503,
  WALLET_LIST_UNREADABLE: 502,
  SERVICE_UNAVAILABLE: 503,
  CORRUPT_RECORD: 500,
  ILLEGAL_TRANSITION: 500,
  SIMULATION_INCOMPLETE: 500,
  MISCONFIGURED: 500,
  INTERNAL_ERROR: 500,
} as const satisfies Record<ErrorCode, number>;

export interface ProblemReply {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A fault of our own tells the caller only that it is ours. The log has the rest. */
const FAULT_DETAIL = 'The server failed to handle the request; no detail is given here, the log has it';

/** Writes a problem by RFC 9457. An error that is not one of ours is an INTERNAL_ERROR. */
export function problemReply(error: RgsError): ProblemReply {
  const status = statusOf[error.code];
  const detail = error instanceof FaultError ? FAULT_DETAIL : error.message;
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error.retryAfterMs !== undefined && {
        'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)),
      }),
    },
    body: JSON.stringify({
      type: `urn:serverless-rgs:problem:${error.code}`,
      title: titleOf(error.code),
      status,
      code: error.code,
      detail,
      retryable: error.retryable,
      ...(error.roundId !== undefined && { round_id: error.roundId }),
      ...(error.nextRoundNumber !== undefined && { next_round_number: error.nextRoundNumber }),
      ...(error.boundTo && {
        bound_to: { bet_amount: error.boundTo.betAmount, currency: error.boundTo.currency },
      }),
      ...(error.flaws.length > 0 && { errors: error.flaws }),
    }),
  };
}

export function asRgsError(error: unknown): RgsError {
  return error instanceof RgsError
    ? error
    : new FaultError('INTERNAL_ERROR', 'An unexpected error', { cause: error });
}

/** `BET_NOT_OFFERED` -> `Bet not offered` */
function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
