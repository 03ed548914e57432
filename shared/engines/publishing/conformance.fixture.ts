import { EngineError } from '../../foundation/errors.ts';
import { EngineHost } from '../host/engine-host.ts';
import { assembleOriginal, CONFORMING, type EngineParts, hashOf } from '../host/hostile-engine.fixture.ts';
import type { StateRule } from '../state-rule.ts';
import { checkConformance } from './conformance.ts';
import { instrument } from './instrument.ts';

export const hostOf = (wasm: Uint8Array) => async () =>
  new EngineHost({ fetch: async () => wasm }).load(hashOf(wasm));

/** Gives publishing's complaint about a module that conforms except for `parts`. */
export async function complaint(parts: Partial<EngineParts>, rule: StateRule = 'fresh'): Promise<string> {
  const wasm = instrument(assembleOriginal({ ...CONFORMING, ...parts }));
  try {
    await checkConformance(hostOf(wasm), rule);
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
