/** Every way this wallet says no, by docs/wallet-api.md, with its HTTP status. */
const statusByCode = {
  INVALID_JSON: 400,
  INVALID_REQUEST: 400,
  INVALID_SIGNATURE: 401,
  STALE_TIMESTAMP: 401,
  INVALID_TOKEN: 401,
  INSUFFICIENT_FUNDS: 402,
  LIMIT_REACHED: 403,
  PLAYER_BLOCKED: 403,
  LOCAL_ONLY: 403,
  UNKNOWN_ROUTE: 404,
  UNKNOWN_PLAYER: 404,
  TRANSACTION_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  PLAYER_EXISTS: 409,
  TRANSACTION_MISMATCH: 409,
  TRANSACTION_ROLLED_BACK: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_AMOUNT: 422,
  UNKNOWN_CURRENCY: 422,
  CURRENCY_MISMATCH: 422,
  BALANCE_LIMIT: 422,
} as const;

export type RefusalCode = keyof typeof statusByCode;

/** A reply of the operator's side, and so not one of the errors of the game server. */
export class WalletRefusal extends Error {
  override readonly name = 'WalletRefusal';
  readonly code: RefusalCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
    this.status = statusByCode[code];
  }
}
