/**
 * An AWS client makes at most three attempts of 1.5 s before its caller hears of a failure. A spin makes five such calls
 * and up to three of a wallet within 20 s. A hanging socket must not use up the time that recovery needs.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 500,
    requestTimeout: 1_500,
    // Without this setting the SDK only warns when the time is up, and goes on waiting.
    throwOnRequestTimeout: true,
  },
} as const;

/** Workers write batches with these settings. An object may be megabytes, and nobody waits for the answer. */
export const workerClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
