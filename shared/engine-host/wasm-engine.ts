import { EngineError } from '../domain/errors.ts';
import type { Engine, EngineCapabilities, EngineInput, EngineStep } from '../ports/engines.ts';
import { readCapabilities } from './capabilities.ts';
import { bufferAt, type EngineExports, instantiate, trapped } from './engine-module.ts';
import { badOutput, readAnswer, writeReset, writeStep } from './wire-format.ts';

interface Warm {
  readonly exports: EngineExports;
  readonly input: number;
  readonly output: number;
  readonly capacity: number;
}

/** One verified engine. Keeps an instance warm between steps; an instance that failed in any way is never used again. */
export class WasmEngine implements Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  readonly #module: WebAssembly.Module;
  #warm: Warm | undefined;

  /** @throws EngineError ENGINE_TRAP, UNSUPPORTED_ABI, BAD_OUTPUT */
  constructor(hash: string, module: WebAssembly.Module) {
    this.hash = hash;
    this.#module = module;
    this.capabilities = this.#use((warm) =>
      readCapabilities(
        outputOf(
          warm,
          trapped(() => warm.exports.rgs_capabilities()),
        ),
      ),
    );
  }

  reset(): EngineStep {
    return this.#use((warm) => {
      const length = writeReset(bufferAt(warm.exports, warm.input, warm.capacity));
      const answered = trapped(() => warm.exports.rgs_reset(length));
      return readAnswer(outputOf(warm, answered), this.capabilities);
    });
  }

  step(input: EngineInput): EngineStep {
    return this.#use((warm) => {
      const length = writeStep(bufferAt(warm.exports, warm.input, warm.capacity), input);
      const answered = trapped(() => warm.exports.rgs_step(length));
      return readAnswer(outputOf(warm, answered), this.capabilities);
    });
  }

  #use<T>(work: (warm: Warm) => T): T {
    const warm = this.#warm ?? warmUp(this.#module);
    this.#warm = undefined;
    const result = work(warm);
    this.#warm = warm;
    return result;
  }
}

function warmUp(module: WebAssembly.Module): Warm {
  const exports = instantiate(module);
  const [input, output, capacity] = trapped(
    () => [exports.rgs_in(), exports.rgs_out(), exports.rgs_cap()] as const,
  );
  bufferAt(exports, input, capacity);
  bufferAt(exports, output, capacity);
  return { exports, input, output, capacity };
}

/** @throws EngineError ENGINE_REJECTED for a negative answer, BAD_OUTPUT for one that is longer than the buffer */
function outputOf({ exports, output, capacity }: Warm, answered: number): Uint8Array {
  if (answered < 0) throw new EngineError('ENGINE_REJECTED', `The engine refused the input (${answered})`);
  if (answered > capacity) throw badOutput('an answer is longer than its buffer');
  return bufferAt(exports, output, answered);
}
