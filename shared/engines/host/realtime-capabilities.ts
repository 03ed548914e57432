import * as z from 'zod';
import { declaredReturn, millionths, name, readDescription } from '../capabilities.ts';

/** A realtime engine says this of itself. */
export interface RealtimeCapabilities {
  readonly engineId: string;
  readonly buildId: string;
  readonly inputEncoding: string;
  /** So many players play at once. */
  readonly maxPlayers: number;
  /** The game goes on by steps of this length. */
  readonly stepMs: number;
  /** One call of `tick` brings no longer time. */
  readonly maxTickMs: number;
  /**
   * The share of a stake that returns under the best play. It is 0, as is the maximum, only for a game without money.
   */
  readonly rtpMillionths: bigint;
  readonly maxWinMillionths: bigint;
}

/** The contract allows a tick no more time. */
export const MAX_TICK_MS = 10_000;

const schema = z
  .strictObject({
    abi: z.literal(1),
    engine_id: name,
    build_id: name,
    schema_version: z.literal(1),
    encoding: z.strictObject({ input: name, state: z.literal('json:v1') }),
    max_players: z.int().min(1).max(10_000),
    step_ms: z.int().min(1).max(MAX_TICK_MS),
    max_tick_ms: z.int().min(1).max(MAX_TICK_MS),
    rtp_millionths: declaredReturn,
    max_win_millionths: millionths,
  })
  .refine((told) => told.step_ms <= told.max_tick_ms, 'a tick must be able to bring a step')
  .refine(
    (told) => (told.rtp_millionths === 0n) === (told.max_win_millionths === 0n),
    'return and maximum win must both be more than 0, or both be 0',
  );

/**
 * Reads a realtime engine's capabilities object; docs/engines.md lists its fields.
 * @throws EngineError BAD_OUTPUT
 */
export function parseRealtimeCapabilities(text: string): RealtimeCapabilities {
  const told = readDescription(schema, text);
  return {
    engineId: told.engine_id,
    buildId: told.build_id,
    inputEncoding: told.encoding.input,
    maxPlayers: told.max_players,
    stepMs: told.step_ms,
    maxTickMs: told.max_tick_ms,
    rtpMillionths: told.rtp_millionths,
    maxWinMillionths: told.max_win_millionths,
  };
}
