import type { RoundId } from './ids.ts';

/**
 * The product can refuse or fail in these ways only. A code is part of the API: it is never renamed and never reused.
 * Where `retryable` is true, the same request may succeed later, unchanged.
 */
const catalogue = {
  INVALID_JSON: { kind: 'request', retryable: false },
  INVALID_REQUEST: { kind: 'request', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { kind: 'request', retryable: false },
  BODY_TOO_LARGE: { kind: 'request', retryable: false },
  INVALID_IDEMPOTENCY_KEY: { kind: 'request', retryable: false },
  IDEMPOTENCY_KEY_REUSED: { kind: 'request', retryable: false },
  INVALID_AMOUNT: { kind: 'request', retryable: false },
  AMOUNT_TOO_PRECISE: { kind: 'request', retryable: false },
  BET_NOT_OFFERED: { kind: 'request', retryable: false },
  BET_LINES_NOT_OFFERED: { kind: 'request', retryable: false },
  UNKNOWN_CURRENCY: { kind: 'request', retryable: false },
  CURRENCY_NOT_OFFERED: { kind: 'request', retryable: false },
  INVALID_CURSOR: { kind: 'request', retryable: false },
  PERIOD_TOO_LARGE: { kind: 'request', retryable: false },
  PERIOD_TOO_OLD: { kind: 'request', retryable: false },

  UNKNOWN_GAME: { kind: 'missing', retryable: false },
  UNKNOWN_SESSION: { kind: 'missing', retryable: false },
  UNKNOWN_OPERATOR: { kind: 'missing', retryable: false },
  UNKNOWN_ROUND: { kind: 'missing', retryable: false },

  MISSING_CREDENTIALS: { kind: 'access', retryable: false },
  INVALID_OPERATOR_KEY: { kind: 'access', retryable: false },
  INVALID_PLAYER_TOKEN: { kind: 'access', retryable: false },
  OPERATOR_MISMATCH: { kind: 'access', retryable: false },
  OPERATOR_DISABLED: { kind: 'access', retryable: false },
  GAME_DISABLED: { kind: 'access', retryable: false },
  SESSION_EXPIRED: { kind: 'access', retryable: false },
  SESSION_REVOKED: { kind: 'access', retryable: false },

  SESSION_GAME_MISMATCH: { kind: 'conflict', retryable: false },
  GAME_IS_REALTIME: { kind: 'conflict', retryable: false },
  ROUND_IN_FLIGHT: { kind: 'conflict', retryable: true },
  LOG_FROZEN: { kind: 'conflict', retryable: false },
  ROUND_NUMBER_STALE: { kind: 'conflict', retryable: false },
  ROUND_NUMBER_AHEAD: { kind: 'conflict', retryable: false },
  BONUS_ACTIVE: { kind: 'conflict', retryable: false },
  NO_ACTIVE_BONUS: { kind: 'conflict', retryable: false },
  BONUS_CURRENCY_MISMATCH: { kind: 'conflict', retryable: false },
  BONUS_CAN_GO_ON: { kind: 'conflict', retryable: false },
  STATE_BOUND_TO_BET: { kind: 'conflict', retryable: false },
  ACCOUNT_CURRENCY_MISMATCH: { kind: 'conflict', retryable: false },

  INSUFFICIENT_FUNDS: { kind: 'refusal', retryable: false },
  LIMIT_REACHED: { kind: 'refusal', retryable: false },
  PLAYER_BLOCKED: { kind: 'refusal', retryable: false },
  WALLET_REFUSED: { kind: 'refusal', retryable: false },
  ROUND_VOIDED: { kind: 'refusal', retryable: false },
  ROUND_FAILED: { kind: 'refusal', retryable: false },

  ENGINE_UNAVAILABLE: { kind: 'engine', retryable: true },
  HASH_MISMATCH: { kind: 'engine', retryable: false },
  UNSUPPORTED_ABI: { kind: 'engine', retryable: false },
  ENGINE_TRAP: { kind: 'engine', retryable: false },
  OUT_OF_FUEL: { kind: 'engine', retryable: false },
  OUT_OF_MEMORY: { kind: 'engine', retryable: false },
  TIMEOUT: { kind: 'engine', retryable: false },
  ENGINE_REJECTED: { kind: 'engine', retryable: false },
  BAD_OUTPUT: { kind: 'engine', retryable: false },

  WALLET_UNAVAILABLE: { kind: 'dependency', retryable: true },
  WALLET_LIST_UNREADABLE: { kind: 'dependency', retryable: false },
  SERVICE_UNAVAILABLE: { kind: 'dependency', retryable: true },

  CORRUPT_RECORD: { kind: 'fault', retryable: false },
  ILLEGAL_TRANSITION: { kind: 'fault', retryable: false },
  SIMULATION_INCOMPLETE: { kind: 'fault', retryable: false },
  MISCONFIGURED: { kind: 'fault', retryable: false },
  INTERNAL_ERROR: { kind: 'fault', retryable: false },
} as const satisfies Record<string, { kind: string; retryable: boolean }>;

export type ErrorCode = keyof typeof catalogue;
export type ErrorKind = (typeof catalogue)[ErrorCode]['kind'];
export type CodeOf<K extends ErrorKind> = {
  [C in ErrorCode]: (typeof catalogue)[C]['kind'] extends K ? C : never;
}[ErrorCode];

export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

/** Names one thing that is wrong with a request, and where it stands: a JSON pointer or a header name. */
export interface Flaw {
  readonly at: string;
  readonly message: string;
}

interface ErrorDetail {
  readonly cause?: unknown;
  readonly flaws?: readonly Flaw[];
  /** The caller should wait this long before it tries again. */
  readonly retryAfterMs?: number;
  readonly roundId?: RoundId;
  /** The next round of the log gets this number. */
  readonly nextRoundNumber?: number;
  readonly boundTo?: BoundTo;
}

/** The state of a game belongs to this bet. The amount is a decimal string of the currency. */
export interface BoundTo {
  readonly betAmount: string;
  readonly currency: string;
}

/** The base of the closed set. `message` is written for the caller and holds no secrets. */
export abstract class RgsError extends Error {
  /** Each class writes its name out, because bundles shorten the names of classes. */
  abstract override readonly name: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly flaws: readonly Flaw[];
  readonly retryAfterMs: number | undefined;
  readonly roundId: RoundId | undefined;
  readonly nextRoundNumber: number | undefined;
  readonly boundTo: BoundTo | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    // A round that is over gives the same request the same answer for good.
    this.retryable = catalogue[code].retryable && detail.roundId === undefined;
    this.flaws = detail.flaws ?? [];
    this.retryAfterMs = detail.retryAfterMs;
    this.roundId = detail.roundId;
    this.nextRoundNumber = detail.nextRoundNumber;
    this.boundTo = detail.boundTo;
  }
}

type Args<K extends ErrorKind> = [code: CodeOf<K>, message: string, detail?: ErrorDetail];

/** The request itself is wrong, and nothing was done. */
export class RequestError extends RgsError {
  override readonly name = 'RequestError';

  constructor(...args: Args<'request'>) {
    super(...args);
  }
}

/** The request names something that does not exist. */
export class MissingError extends RgsError {
  override readonly name = 'MissingError';

  constructor(...args: Args<'missing'>) {
    super(...args);
  }
}

/** The caller may not do this. */
export class AccessError extends RgsError {
  override readonly name = 'AccessError';

  constructor(...args: Args<'access'>) {
    super(...args);
  }
}

/** The request does not fit the present state of the session or the round. */
export class ConflictError extends RgsError {
  override readonly name = 'ConflictError';

  constructor(...args: Args<'conflict'>) {
    super(...args);
  }
}

/** A round ended without an outcome. Its stake was not debited, or it is rolled back. */
export class RoundRefusedError extends RgsError {
  override readonly name = 'RoundRefusedError';

  constructor(...args: Args<'refusal'>) {
    super(...args);
  }
}

/** The game's engine could not be loaded, failed, or answered nonsense. */
export class EngineError extends RgsError {
  override readonly name = 'EngineError';

  constructor(...args: Args<'engine'>) {
    super(...args);
  }
}

/** Something this service depends on did not answer. */
export class DependencyError extends RgsError {
  override readonly name = 'DependencyError';

  constructor(...args: Args<'dependency'>) {
    super(...args);
  }
}

/** The fault is our own: a broken record, an impossible transition or a wrong setting. */
export class FaultError extends RgsError {
  override readonly name = 'FaultError';

  constructor(...args: Args<'fault'>) {
    super(...args);
  }
}

/** Says whether a stored record was refused for its MAC or its form. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof FaultError && error.code === 'CORRUPT_RECORD';
}

/** Gives what was read, or says that the stored record was refused for its MAC or its form. */
export function orUnreadable<T>(reading: Promise<T>): Promise<T | 'unreadable'> {
  return reading.catch((error: unknown) => {
    if (isCorrupt(error)) return 'unreadable';
    throw error;
  });
}
