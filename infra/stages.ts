/** The settings of each deployment. A stage is chosen with `-c stage=NAME`; `-c api=rest` overrides its API kind. */
import * as z from 'zod';
import { isLoopback } from './loopback.ts';

/** The retention periods that CloudWatch Logs accepts. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 3653,
] as const;

/** An HTTP API gives up after 30 seconds and a REST API after 29, whatever the function does. */
const API_TIMEOUT_SECONDS = 29;
/** What reconciling needs besides the wallet's last call, which is repeated once: to read, and to answer. */
const RECONCILIATION_MS = 5_000;
/** Lambda's own limit. */
const MAX_TIMEOUT_SECONDS = 900;

const size = (maxTimeoutSeconds: number) =>
  z.strictObject({
    memoryMb: z.int().min(128).max(10_240),
    timeoutSeconds: z.int().min(1).max(maxTimeoutSeconds),
  });

/** An origin as a browser sends it: scheme and host, no path, never `*`. */
const origin = z
  .string()
  .regex(
    /^https?:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/,
    'must be scheme://host[:port], with nothing after it',
  );

function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}

const stageSchema = z
  .strictObject({
    /** `rest` where a web application firewall, usage plans or an emulator without HTTP APIs ask for it. */
    api: z.enum(['http', 'rest']),
    /** Origins of the game clients that may call the API from a browser. Empty: none may. */
    allowedOrigins: z.array(origin),
    throttling: z.strictObject({
      requestsPerSecond: z.int().positive(),
      burst: z.int().positive(),
    }),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    logRetentionDays: z.literal(LOG_RETENTION_DAYS),
    /** How long a final, archived round stays in the ledger for history and recall. */
    hotRetentionDays: z.int().positive(),
    archive: z.strictObject({
      /** Governance can be lifted by a privileged principal; compliance by nobody, the account's root included. */
      lock: z.enum(['governance', 'compliance']),
      retentionYears: z.int().positive(),
    }),
    /** What happens to data when the stack or a resource in it is deleted. */
    removal: z.enum(['retain', 'destroy']),
    walletTimeoutMs: z.int().positive(),
    /** For one call of an engine or a random source on a server, with its second attempt. */
    grpcTimeoutMs: z.int().positive(),
    /** A server of `random.v1`, such as a certified generator, that the seeds of rounds are fetched from. */
    randomUrl: z
      .url({ protocol: /^https?$/ })
      .refine(isPrivate, 'must be https: seeds would cross the network unencrypted')
      .optional(),
    sessionTtlSeconds: z.int().positive(),
    sessionIdleSeconds: z.int().positive(),
    /** How long a handler owns a round before recovery may take it over. */
    roundLeaseMs: z.int().positive(),
    sizes: z.strictObject({
      play: size(API_TIMEOUT_SECONDS),
      query: size(API_TIMEOUT_SECONDS),
      worker: size(MAX_TIMEOUT_SECONDS),
      sweep: size(MAX_TIMEOUT_SECONDS),
      simulation: size(MAX_TIMEOUT_SECONDS),
    }),
    /** How many batches of the recovery queue run at once: the most that a wallet coming back is hit with. */
    recoveryConcurrency: z.int().min(2).max(1000),
    simulations: z.strictObject({
      /** How many shards run at once. They share the account's concurrency with the functions that play. */
      maxConcurrency: z.int().min(1).max(10_000),
      /** How long shards and reports are kept. */
      retentionDays: z.int().positive(),
    }),
    alarmEmail: z.email().optional(),
  })
  .superRefine((stage, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: path.split('.'), message });
    if (stage.roundLeaseMs <= stage.sizes.play.timeoutSeconds * 1000)
      refuse(
        'roundLeaseMs',
        'must exceed sizes.play.timeoutSeconds, or recovery takes over rounds that are still being played',
      );
    if (stage.walletTimeoutMs >= stage.sizes.play.timeoutSeconds * 1000)
      refuse(
        'walletTimeoutMs',
        'must be shorter than sizes.play.timeoutSeconds, or the answer of the wallet is never seen',
      );
    if (2 * stage.walletTimeoutMs + RECONCILIATION_MS > stage.sizes.query.timeoutSeconds * 1000)
      refuse(
        'walletTimeoutMs',
        `must leave ${RECONCILIATION_MS} ms of sizes.query.timeoutSeconds when a call was repeated, or no period can be reconciled`,
      );
    if (stage.grpcTimeoutMs >= stage.sizes.play.timeoutSeconds * 1000)
      refuse(
        'grpcTimeoutMs',
        'must be shorter than sizes.play.timeoutSeconds, or the failure of an engine is never seen',
      );
    if (stage.sessionIdleSeconds > stage.sessionTtlSeconds)
      refuse('sessionIdleSeconds', 'must not exceed sessionTtlSeconds');
    if (stage.removal === 'destroy' && stage.archive.lock === 'compliance')
      refuse(
        'removal',
        'must be retain where the archive is locked in compliance mode, which nobody can delete',
      );
    if (stage.api === 'rest' && stage.allowedOrigins.length > 0)
      refuse(
        'allowedOrigins',
        'works with api http only: a REST API leaves the CORS headers of answers to the functions, which send none',
      );
  });

export type StageSettings = z.infer<typeof stageSchema> & { readonly stage: string };
type StageInput = z.input<typeof stageSchema>;

const DEV: StageInput = {
  api: 'http',
  allowedOrigins: [],
  throttling: { requestsPerSecond: 200, burst: 400 },
  logLevel: 'INFO',
  logRetentionDays: 14,
  hotRetentionDays: 30,
  archive: { lock: 'governance', retentionYears: 1 },
  removal: 'destroy',
  walletTimeoutMs: 3_000,
  grpcTimeoutMs: 2_000,
  sessionTtlSeconds: 86_400,
  // GLI-19 2.5.4: authenticate again after 30 minutes of inactivity.
  sessionIdleSeconds: 1_800,
  roundLeaseMs: 30_000,
  sizes: {
    // 1769 MB is one whole vCPU; below it a cold start is slowed down in proportion.
    play: { memoryMb: 1769, timeoutSeconds: 20 },
    query: { memoryMb: 512, timeoutSeconds: 15 },
    worker: { memoryMb: 512, timeoutSeconds: 60 },
    // Reads the whole ledger.
    sweep: { memoryMb: 512, timeoutSeconds: 900 },
    // One whole vCPU for one engine; a shard of ten million rounds takes seconds.
    simulation: { memoryMb: 1769, timeoutSeconds: 900 },
  },
  recoveryConcurrency: 5,
  simulations: { maxConcurrency: 100, retentionDays: 30 },
};

const STAGES: Readonly<Record<string, StageInput>> = {
  local: {
    ...DEV,
    logRetentionDays: 1,
    throttling: { requestsPerSecond: 5_000, burst: 5_000 },
    simulations: { ...DEV.simulations, maxConcurrency: 4 },
  },
  dev: DEV,
  prod: {
    ...DEV,
    throttling: { requestsPerSecond: 5_000, burst: 5_000 },
    // GLI-19 B.2.6: results of self-verification are kept for 90 days.
    logRetentionDays: 120,
    // Malta asks for six months of a player's history; players recall rounds from the ledger.
    hotRetentionDays: 190,
    // GLI-19 A.2.2: five years.
    archive: { lock: 'compliance', retentionYears: 5 },
    removal: 'retain',
    // 100,000 wins that waited for a wallet are paid in under two minutes: each batch takes about as long as the slowest of its
    // ten calls, and each win waits in more than one message.
    recoveryConcurrency: 50,
  },
};

export class InvalidStageError extends Error {
  override readonly name = 'InvalidStageError';
}

/** The command line, or the environment of a local run, may change these without an edit of this file. */
export interface StageOverrides {
  readonly api?: string | undefined;
  readonly alarmEmail?: string | undefined;
  readonly randomUrl?: string | undefined;
}

/** What a person may set on the command line of the CDK with -c. */
const CONTEXT_KEYS = ['stage', 'api', 'alarmEmail'];

/**
 * Refuses a misspelt key, which would otherwise be a setting that is not there. A key of the CDK itself has a colon or a
 * slash in it.
 * @throws InvalidStageError naming the known keys
 */
export function refuseUnknownContext(keys: readonly string[]): void {
  const unknown = keys.filter((key) => !/[:/]/.test(key) && !CONTEXT_KEYS.includes(key));
  if (unknown.length === 0) return;
  throw new InvalidStageError(
    `Unknown context: ${unknown.join(', ')}. These can be set with -c KEY=VALUE: ${CONTEXT_KEYS.join(', ')}.`,
  );
}

/**
 * @throws InvalidStageError naming the known stages, or each setting that is wrong and why.
 */
export function stageSettings(stage: string, overrides: StageOverrides = {}): StageSettings {
  const input = Object.hasOwn(STAGES, stage) ? STAGES[stage] : undefined;
  if (!input)
    throw new InvalidStageError(
      `Unknown stage "${stage}". Choose one with -c stage=NAME: ${Object.keys(STAGES).join(', ')}.`,
    );
  const { api = input.api, alarmEmail = input.alarmEmail, randomUrl = input.randomUrl } = overrides;
  return parseStage(stage, { ...input, api, alarmEmail, randomUrl });
}

/** Checks settings from anywhere; unknown names are refused, so that a typo cannot become a default. */
export function parseStage(stage: string, input: unknown): StageSettings {
  const result = stageSchema.safeParse(input);
  if (!result.success)
    throw new InvalidStageError(`Stage "${stage}" is wrong:\n${z.prettifyError(result.error)}`);
  return { ...result.data, stage };
}
