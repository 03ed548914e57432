import * as z from 'zod';
import { FaultError } from '../../shared/foundation/errors.ts';
import { plainInteger } from './plain-integer.ts';

const text = z.string().min(1);
const url = z.url();
const positive = plainInteger(z.int().positive());

/**
 * A function may be given any of these variables. Each function has only those that it uses; see `settings` of its
 * entry.
 */
const variables = {
  STAGE: text,
  LEDGER_TABLE: text,
  SESSIONS_TABLE: text,
  CONFIG_TABLE: text,
  EVENTS_TABLE: text,
  ENGINES_BUCKET: text,
  ARCHIVE_BUCKET: text,
  SIMULATIONS_BUCKET: text,
  RECOVERY_QUEUE_URL: url,
  PARKING_QUEUE_URL: url,
  EVENT_BUS_NAME: text,
  DATA_KEY_ARN: text,
  WALLET_TIMEOUT_MS: positive,
  GRPC_TIMEOUT_MS: positive,
  RANDOM_URL: url.optional(),
  SESSION_TTL_SECONDS: positive,
  SESSION_IDLE_SECONDS: positive,
  ROUND_LEASE_MS: positive,
  HOT_RETENTION_DAYS: positive,
} as const;

type Variables = { readonly [K in keyof typeof variables]: z.infer<(typeof variables)[K]> };

/** Reads a setting. A function with a wrong setting refuses to work. @throws FaultError MISCONFIGURED */
export function setting<K extends keyof Variables>(name: K): Variables[K] {
  const parsed = variables[name].safeParse(process.env[name]);
  if (!parsed.success)
    throw new FaultError('MISCONFIGURED', `The environment variable ${name} is missing or wrong`);
  return parsed.data as Variables[K];
}
