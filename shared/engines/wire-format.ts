import { EngineError } from '../foundation/errors.ts';
import type { EngineInput, EngineStep } from './engines.ts';
import { bonusOfPlainView } from './plain-view.ts';
import { checkView } from './public-view.ts';

/** The host and an engine write into these buffers, and both see them. */
export interface WireBuffers {
  readonly input: Uint8Array;
  readonly inputView: DataView;
  readonly output: Uint8Array;
  readonly outputView: DataView;
  /** Reads the output from `from` to `to` as text, where every byte is known to be ASCII. */
  asciiText(from: number, to: number): string;
}

/** Private state is stored with every round, so its limit is far below the buffer's. */
export const MAX_STATE_BYTES = 8_192;

const SEED_BYTES = 32;
const NONCE_AT = 32;
const LENGTH_AT = 40;
const HEADER_BYTES = 44;
const PAYOUT_AND_FLAGS_BYTES = 12;
const BONUS_ACTIVE = 1;
const BONUS_TRIGGERED = 2;
const KNOWN_FLAGS = BONUS_ACTIVE | BONUS_TRIGGERED;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Writes the input of a reset with an all-zero seed and no configuration, and answers its length. */
export function writeReset({ input }: WireBuffers): number {
  input.fill(0, 0, HEADER_BYTES);
  return HEADER_BYTES;
}

/** Writes the input of a step, and answers its length. @throws EngineError ENGINE_REJECTED */
export function writeStep(buffers: WireBuffers, { seed, stepIndex, state, action }: EngineInput): number {
  if (
    seed.length !== SEED_BYTES ||
    state.length > MAX_STATE_BYTES ||
    !Number.isSafeInteger(stepIndex) ||
    stepIndex < 0
  ) {
    throw new EngineError(
      'ENGINE_REJECTED',
      'The seed, the state or the step index is not one that an engine takes',
    );
  }
  const { input, inputView } = buffers;
  const actionAt = HEADER_BYTES + state.length;
  input.set(seed);
  inputView.setUint32(NONCE_AT, stepIndex, true);
  inputView.setUint32(NONCE_AT + 4, Math.floor(stepIndex / 2 ** 32), true);
  inputView.setUint32(LENGTH_AT, state.length, true);
  input.set(state, HEADER_BYTES);
  input[actionAt] = action;
  return actionAt + 1;
}

/** Reads the answer to a reset, which pays nothing and is in no bonus. @throws EngineError BAD_OUTPUT */
export function readReset(buffers: WireBuffers, length: number): EngineStep {
  return readAnswer(buffers, length, { maxPayoutMillionths: 0n, flags: 0 });
}

/** Reads the answer to a step. @throws EngineError BAD_OUTPUT */
export function readStep(buffers: WireBuffers, length: number, maxPayoutMillionths: bigint): EngineStep {
  return readAnswer(buffers, length, { maxPayoutMillionths, flags: KNOWN_FLAGS });
}

interface Allowed {
  readonly maxPayoutMillionths: bigint;
  readonly flags: number;
}

function readAnswer(buffers: WireBuffers, length: number, allowed: Allowed): EngineStep {
  const { output, outputView } = buffers;
  const stateBytes = length < 4 ? Number.POSITIVE_INFINITY : outputView.getUint32(0, true);
  const payoutAt = 4 + stateBytes;
  const viewAt = payoutAt + PAYOUT_AND_FLAGS_BYTES;
  if (stateBytes > MAX_STATE_BYTES || viewAt > length) throw bad('does not fit its own length');
  const payoutMillionths = outputView.getBigInt64(payoutAt, true);
  if (payoutMillionths < 0n || payoutMillionths > allowed.maxPayoutMillionths)
    throw bad('pays what the game cannot pay');
  const flags = outputView.getUint32(payoutAt + 8, true);
  if ((flags & ~allowed.flags) !== 0) throw bad('has flags that it may not have');
  const view = readView(buffers, viewAt, length, (flags & BONUS_TRIGGERED) !== 0);
  return {
    state: output.slice(4, payoutAt),
    payoutMillionths,
    bonusActive: (flags & BONUS_ACTIVE) !== 0,
    view,
  };
}

function readView(buffers: WireBuffers, from: number, to: number, bonusTriggered: boolean): string {
  const { output } = buffers;
  if (bonusOfPlainView(output, from, to) === bonusTriggered) return buffers.asciiText(from, to);
  const view = decode(output.subarray(from, to));
  checkView(view, bonusTriggered);
  return view;
}

/** @throws EngineError BAD_OUTPUT */
export function readText(buffers: WireBuffers, length: number): string {
  return decode(buffers.output.subarray(0, length));
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw bad('is not UTF-8', cause);
  }
}

function bad(what: string, cause?: unknown): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine's answer ${what}`, { cause });
}
