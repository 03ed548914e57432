import * as z from 'zod';
import { EngineError } from '../domain/errors.ts';
import type { EngineCapabilities, EngineInput, EngineStep } from '../ports/engines.ts';

/** The wire contract with an engine, little endian; docs/engines.md describes it for authors. */
const SEED_BYTES = 32;
const INPUT_HEADER_BYTES = SEED_BYTES + 8 + 4;
const BONUS_ACTIVE = 1;
const BONUS_TRIGGERED = 2;
const KNOWN_FLAGS = BONUS_ACTIVE | BONUS_TRIGGERED;

const View = z.strictObject({
  outcome: z.record(z.string(), z.unknown()),
  public_state: z.record(z.string(), z.unknown()),
  bonus_triggered: z.record(z.string(), z.unknown()).nullable(),
});

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const firstSeed = new Uint8Array(SEED_BYTES);

/** seed[32], step index u64, u32 n, state[n], action. @returns the bytes written */
export function writeStep(buffer: Uint8Array, { seed, stepIndex, state, action }: EngineInput): number {
  if (seed.length !== SEED_BYTES) throw new EngineError('ENGINE_REJECTED', 'A seed has 32 bytes');
  const length = INPUT_HEADER_BYTES + state.length + 1;
  if (length > buffer.length)
    throw new EngineError('ENGINE_REJECTED', 'The state does not fit the input buffer');
  writeHeader(buffer, seed, stepIndex, state.length);
  buffer.set(state, INPUT_HEADER_BYTES);
  buffer[length - 1] = action;
  return length;
}

/** As a step, with the configuration instead of the state, no action, and a seed that decides nothing. */
export function writeReset(buffer: Uint8Array): number {
  writeHeader(buffer, firstSeed, 0, 0);
  return INPUT_HEADER_BYTES;
}

function writeHeader(buffer: Uint8Array, seed: Uint8Array, stepIndex: number, following: number): void {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  buffer.set(seed);
  view.setBigUint64(SEED_BYTES, BigInt(stepIndex), true);
  view.setUint32(SEED_BYTES + 8, following, true);
}

/**
 * u32 n, state[n], i64 payout, u32 flags, view.
 * @throws EngineError BAD_OUTPUT
 */
export function readAnswer(answer: Uint8Array, capabilities: EngineCapabilities): EngineStep {
  const bytes = new DataView(answer.buffer, answer.byteOffset, answer.length);
  if (answer.length < 16) throw badOutput('an answer is too short');
  const stateBytes = bytes.getUint32(0, true);
  const payoutAt = 4 + stateBytes;
  if (payoutAt + 12 > answer.length) throw badOutput('the state is longer than the answer');
  const payoutMillionths = bytes.getBigInt64(payoutAt, true);
  const highest = capabilities.modes.reduce(
    (most, mode) => (mode.maxWinMillionths > most ? mode.maxWinMillionths : most),
    0n,
  );
  if (payoutMillionths < 0n || payoutMillionths > highest) {
    throw badOutput(`a payout of ${payoutMillionths} millionths is outside 0 to ${highest}`);
  }
  const flags = bytes.getUint32(payoutAt + 8, true);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw badOutput(`flags ${flags} are unknown`);
  return {
    state: answer.slice(4, payoutAt),
    payoutMillionths,
    bonusActive: (flags & BONUS_ACTIVE) !== 0,
    view: readView(answer.subarray(payoutAt + 12)),
  };
}

function readView(bytes: Uint8Array): string {
  try {
    const text = textDecoder.decode(bytes);
    View.parse(JSON.parse(text));
    return text;
  } catch (cause) {
    throw badOutput('the view is not of the documented form', cause);
  }
}

export function badOutput(what: string, cause?: unknown): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine answered nonsense: ${what}`, { cause });
}
