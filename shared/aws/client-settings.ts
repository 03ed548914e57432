/**
 * How long an AWS client tries before a caller hears of it: at most three attempts of 1.5 s. A spin makes five such
 * calls and up to three of a wallet within 20 s, so a hanging socket must not eat the time that recovery needs.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 500,
    requestTimeout: 1_500,
    // Without it the SDK only warns when the time is up, and goes on waiting.
    throwOnRequestTimeout: true,
  },
} as const;

/** For batches that workers write, where an object may be megabytes and nobody waits for the answer. */
export const workerClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
