import * as z from 'zod';
import { EngineError } from '../domain/errors.ts';
import type { EngineCapabilities } from '../ports/engines.ts';
import { badOutput } from './wire-format.ts';

const Millionths = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,17})$/)
  .transform(BigInt);

/** What an engine says of itself. Unknown keys are left to later versions of the contract. */
const CapabilitiesJson = z.object({
  abi: z.literal(1),
  engine_id: z.string().min(1).max(64),
  build_id: z.string().min(1).max(64),
  encoding: z.object({
    state: z.string().min(1),
    action: z.literal('discrete:v1'),
    view: z.literal('json:v1'),
  }),
  action_space: z.object({
    discrete: z
      .array(z.object({ name: z.string().min(1).max(32), phase: z.enum(['base', 'bonus']) }))
      .min(1)
      .max(256),
  }),
  max_horizon: z.int().min(1),
  modes: z
    .array(
      z.object({
        name: z.string().min(1).max(32),
        price_millionths: Millionths,
        rtp_millionths: Millionths,
        max_win_millionths: Millionths,
      }),
    )
    .min(1),
  lines: z.int().min(1).optional(),
  preferred_batch: z.int().min(1),
});

/** @throws EngineError BAD_OUTPUT, UNSUPPORTED_ABI */
export function readCapabilities(bytes: Uint8Array): EngineCapabilities {
  const json = parse(bytes);
  if (typeof json === 'object' && json !== null && 'abi' in json && json.abi !== 1) {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine speaks another version of the contract');
  }
  const parsed = CapabilitiesJson.safeParse(json);
  if (!parsed.success) throw badOutput('its capabilities are not of the documented form', parsed.error);
  const { data } = parsed;
  return {
    engineId: data.engine_id,
    buildId: data.build_id,
    stateEncoding: data.encoding.state,
    actions: data.action_space.discrete.map((action, code) => ({ ...action, code })),
    modes: data.modes.map((mode) => ({
      name: mode.name,
      priceMillionths: mode.price_millionths,
      rtpMillionths: mode.rtp_millionths,
      maxWinMillionths: mode.max_win_millionths,
    })),
    lines: data.lines,
    maxHorizon: data.max_horizon,
    preferredBatch: data.preferred_batch,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badOutput('its capabilities are no JSON', cause);
  }
}
