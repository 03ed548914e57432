import * as z from 'zod';
import { EngineError } from '../foundation/errors.ts';
import { readJson } from '../foundation/json-text.ts';
import type { EngineCapabilities } from './engines.ts';

export const name = z.string().regex(/^[a-z0-9][a-z0-9_.:-]{0,63}$/);
/** It has 18 digits at most, so that it fits a signed 64-bit integer. */
export const millionths = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,17})$/)
  .transform(BigInt);
/** GLI-19 V3.0, 4.7: no wager may return less than 75 % on average. */
const MIN_RTP_MILLIONTHS = 750_000n;
/** The return is a share of the stake. It is 0 in a game without money. */
export const declaredReturn = millionths.refine(
  (rtp) => rtp === 0n || (rtp >= MIN_RTP_MILLIONTHS && rtp <= 1_000_000n),
  `must be ${MIN_RTP_MILLIONTHS} to 1000000, or 0 in a game without money`,
);
const count = z.int().min(1).max(1_000_000_000);

const action = z
  .strictObject({ name, phase: z.enum(['base', 'bonus', 'any']), mode: name.optional() })
  .refine(({ phase, mode }) => phase !== 'bonus' || mode === undefined, 'a bonus action opens no mode');

const mode = z
  .strictObject({
    name,
    price_millionths: millionths,
    rtp_millionths: declaredReturn,
    max_win_millionths: millionths,
  })
  .refine(
    (figures) =>
      new Set([figures.price_millionths, figures.rtp_millionths, figures.max_win_millionths].map(Boolean))
        .size === 1,
    'price, return and maximum win must all be more than 0, or all be 0',
  );

const described = z.strictObject({
  abi: z.literal(1),
  engine_id: name,
  build_id: name,
  schema_version: z.literal(1),
  encoding: z.strictObject({ state: name, action: z.literal('discrete:v1'), view: z.literal('json:v1') }),
  action_space: z.strictObject({
    discrete: z
      .array(action)
      .min(1)
      .max(256)
      .refine(distinctNames, 'names must differ')
      .refine((actions) => actions.some(({ phase }) => phase !== 'bonus'), 'one must be of the base phase'),
  }),
  max_horizon: z.int().min(1).max(65_536),
  modes: z.array(mode).min(1).max(64).refine(distinctNames, 'names must differ'),
  lines: z.int().min(1).max(1_000_000).optional(),
  preferred_batch: count,
});

type Described = z.infer<typeof described>;
type DescribedAction = Described['action_space']['discrete'][number];

const schema = described.refine(
  opensEachMode,
  'each mode must be opened by an action, and each action open a mode',
);

/**
 * Reads an engine's capabilities object; docs/engines.md lists its fields.
 * @throws EngineError BAD_OUTPUT
 */
export function parseCapabilities(text: string): EngineCapabilities {
  const told = readDescription(schema, text);
  return {
    engineId: told.engine_id,
    buildId: told.build_id,
    stateEncoding: told.encoding.state,
    actions: told.action_space.discrete.map((action, code) => {
      const mode = modeOpenedBy(told, action);
      return { name: action.name, phase: action.phase, code, ...(mode !== undefined && { mode }) };
    }),
    modes: told.modes.map((mode) => ({
      name: mode.name,
      priceMillionths: mode.price_millionths,
      rtpMillionths: mode.rtp_millionths,
      maxWinMillionths: mode.max_win_millionths,
    })),
    lines: told.lines,
    maxHorizon: told.max_horizon,
    preferredBatch: told.preferred_batch,
  };
}

/** @throws EngineError BAD_OUTPUT */
export function readDescription<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EngineError('BAD_OUTPUT', 'The engine does not describe itself as it must', {
    cause: parsed.error,
  });
}

/** Where a game has one mode, its actions need not name it. */
function modeOpenedBy({ modes }: Described, { phase, mode }: DescribedAction): string | undefined {
  return phase === 'bonus' ? undefined : (mode ?? modes[0]?.name);
}

function opensEachMode(told: Described): boolean {
  const opened = told.action_space.discrete.map((action) => modeOpenedBy(told, action));
  const known = told.modes.map(({ name }) => name);
  return (
    opened.every((mode) => mode === undefined || known.includes(mode)) &&
    known.every((mode) => opened.includes(mode))
  );
}

function parseJson(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new EngineError('BAD_OUTPUT', "The engine's capabilities are not JSON", { cause });
  }
}

function distinctNames(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}
