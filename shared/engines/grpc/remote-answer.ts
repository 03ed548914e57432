import { EngineError } from '../../foundation/errors.ts';
import { checkView } from '../public-view.ts';
import { MAX_STATE_BYTES } from '../wire-format.ts';
import type { EngineStep } from '../engines.ts';
import type { ResetResponse, StepResponse } from './proto/engine/v1/engine_pb.ts';

/** A view is as large as the buffer in which a module answers. */
const MAX_VIEW_BYTES = 65_536;

/** Reads a server's step by the rules that hold for a module's. @throws EngineError BAD_OUTPUT */
export function readRemoteStep(answer: StepResponse, maxPayoutMillionths: bigint): EngineStep {
  const { payoutMillionths, bonusActive, bonusTriggered } = answer;
  if (payoutMillionths < 0n || payoutMillionths > maxPayoutMillionths) {
    throw new EngineError('BAD_OUTPUT', "The engine's answer pays what the game cannot pay");
  }
  return { ...readShown(answer, bonusTriggered), payoutMillionths, bonusActive };
}

/** Reads a server's first state, which pays nothing and is in no bonus. @throws EngineError BAD_OUTPUT */
export function readRemoteReset(answer: ResetResponse): EngineStep {
  return { ...readShown(answer, false), payoutMillionths: 0n, bonusActive: false };
}

function readShown({ state, obs }: ResetResponse | StepResponse, bonusTriggered: boolean) {
  if (state.length > MAX_STATE_BYTES || obs.length > MAX_VIEW_BYTES) {
    throw new EngineError('BAD_OUTPUT', "The engine's answer is larger than an answer may be");
  }
  const view = utf8Of(obs);
  checkView(view, bonusTriggered);
  return { state, view };
}

/** @throws EngineError BAD_OUTPUT */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError('BAD_OUTPUT', "The engine's answer is not UTF-8", { cause });
  }
}
