import { EngineError } from '../../foundation/errors.ts';
import type { EngineInput } from '../engines.ts';
import { BUFFER_BYTES, type EngineInstance } from '../host/engine-instance.ts';
import type { LoadedEngine } from '../host/loaded-engine.ts';
import type { WireCall } from '../host/wire-instance.ts';
import { sameStep } from './conformance-play.ts';
import { wrong } from './nonconformity.ts';

const IMPOSSIBLE_LENGTHS = [-1, -(2 ** 31), BUFFER_BYTES + 1, 2 ** 31 - 1];
const CALLS = ['rgs_step', 'rgs_reset', 'rgs_simulate'] as const satisfies readonly WireCall[];

/**
 * Checks that an engine keeps to its buffers.
 * @param step is one that it has answered
 * @param fresh is the same engine, of which no instance was used
 * @throws EngineError where it takes an input that no buffer holds, or resets otherwise once it was used
 */
export function checkBuffers(engine: LoadedEngine, step: EngineInput, fresh: LoadedEngine): void {
  for (const call of CALLS) {
    for (const length of IMPOSSIBLE_LENGTHS) {
      if (!refuses(engine, call, length)) throw wrong(`it takes an input of ${length} bytes for ${call}`);
    }
  }
  engine.step(step);
  soil(engine);
  if (!sameStep(engine.reset(), fresh.reset())) throw wrong('a reset has another answer after other calls');
}

/** Overwrites both buffers. So an engine is found that reads behind its input, or what it wrote before. */
export function soil(engine: LoadedEngine): void {
  engine.withInstance(({ input, output }: EngineInstance) => {
    input.fill(0xa5);
    output.fill(0xa5);
  });
}

function refuses(engine: LoadedEngine, call: WireCall, length: number): boolean {
  try {
    engine.withInstance((instance) => instance.call(call, length));
    return false;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ENGINE_REJECTED') return true;
    throw error;
  }
}
