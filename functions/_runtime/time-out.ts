/**
 * Middy would answer five milliseconds before a function's time-out, and Lambda would then freeze the process in the
 * middle of its work. The next event would thaw it, long after its lease. At the time-out itself Lambda kills the
 * process.
 */
export const leftToLambda = { timeoutEarlyInMillis: 0 } as const;
