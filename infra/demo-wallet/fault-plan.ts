import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { FaultError } from '../../shared/foundation/errors.ts';
import { GameCode, PlayerId } from '../../shared/foundation/ids.ts';
import { readJson } from '../../shared/foundation/json-text.ts';

const STAKES = ['debit', 'bet-win'] as const;
const MOVEMENTS = [...STAKES, 'credit', 'rollback'] as const;
const CALLS = ['authenticate', 'balance', ...MOVEMENTS] as const;
const LISTED = [...CALLS, 'transactions'] as const;
const EVERYTHING = [...LISTED, 'health'] as const;

export type Operation = (typeof EVERYTHING)[number];

export const MAX_RULES = 100;
const Count = z.int().min(1).max(1_000_000);
const DurationMs = z
  .int()
  .min(0)
  .max(10 * 60_000);

/** Which of the calls that a fault can strike, and how often it does. */
const target = {
  player_id: PlayerId.optional(),
  game_code: GameCode.optional(),
  transaction_id: z.string().min(1).max(128).optional(),
  skip: Count.optional(),
  times: Count.optional(),
  every: Count.optional(),
  probability: z.number().gt(0).max(1).optional(),
  seed: z.int().min(0).optional(),
  for_ms: DurationMs.optional(),
};

function rule<const F extends string, const O extends Operation, P extends z.ZodRawShape>(
  fault: F,
  operations: readonly O[],
  parameters: P,
) {
  const list = operations.join(', ');
  const operation = z.enum(operations as readonly [O, ...O[]]);
  const on = z
    .union([operation, z.array(operation).min(1)], { error: `${fault} strikes one or more of ${list}` })
    .transform((given): readonly Operation[] => [given].flat() as Operation[])
    .default([...operations]);
  return z.strictObject({ fault: z.literal(fault), on, ...target, ...parameters });
}

const rules = [
  rule('commit-then-time-out', CALLS, {}),
  rule('time-out', LISTED, {}),
  rule('duplicate', MOVEMENTS, {}),
  rule('reorder', CALLS, { hold_ms: DurationMs.default(10_000) }),
  rule('rollback-before-bet', STAKES, { hold_ms: DurationMs.default(60_000) }),
  rule('server-error', LISTED, {
    status: z.int().min(500).max(599).default(503),
    commit: z.boolean().default(false),
  }),
  rule('garbage', LISTED, { form: z.enum(['html', 'cut-off', 'twice', 'too-long']).default('html') }),
  rule('wrong-currency', CALLS, {}),
  rule('wrong-transaction', MOVEMENTS, {}),
  rule('negative-balance', CALLS, {}),
  rule('another-amount', MOVEMENTS, {}),
  rule('slow', LISTED, { delay_ms: DurationMs.default(1_000) }),
  rule('close-socket', LISTED, { when: z.enum(['before', 'during', 'after']).default('after') }),
  rule('limit-reached', STAKES, {}),
  rule('player-blocked', ['authenticate', ...STAKES], {}),
  rule('down', EVERYTHING, {}),
] as const;

export const FAULT_NAMES = rules.map(({ shape }) => shape.fault.value);

/** One line of a plan, by docs/wallet-api.md: a fault, the calls that it may strike, and how often it does. */
export const Rule = z
  .discriminatedUnion('fault', rules, {
    // What is wrong inside of a rule says so itself.
    error: ({ code }) => (code === 'invalid_union' ? `one of ${FAULT_NAMES.join(', ')}` : undefined),
  })
  .refine(({ every, probability }) => every === undefined || probability === undefined, {
    error: 'every and probability exclude each other',
  })
  .refine(({ seed, probability }) => seed === undefined || probability !== undefined, {
    error: 'a seed is for a probability',
  });
export type Rule = z.output<typeof Rule>;

export const FaultPlan = z.strictObject({ rules: z.array(Rule).max(MAX_RULES) });
export type FaultPlan = z.output<typeof FaultPlan>;

export const NO_FAULTS: FaultPlan = { rules: [] };

/**
 * Reads a plan, or one rule, that somebody wrote.
 * @param source what to call it in an error
 * @throws FaultError MISCONFIGURED in one line that names every field that is wrong
 */
export function readPlan<S extends z.ZodType>(schema: S, value: unknown, source: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new FaultError('MISCONFIGURED', `${source}: ${flawsOf(result.error)}`);
}

/** Every field that is wrong, in one line. */
export function flawsOf({ issues }: z.ZodError): string {
  const flaws = issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return flaws.slice(0, 5).join('; ');
}

/** @throws FaultError MISCONFIGURED where the file cannot be read, is no JSON or no plan */
export async function readPlanFile(file: string): Promise<FaultPlan> {
  let value: unknown;
  try {
    value = readJson(await readFile(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaultError('MISCONFIGURED', `${file} cannot be read: ${reason}`, { cause: error });
  }
  return readPlan(FaultPlan, value, file);
}
