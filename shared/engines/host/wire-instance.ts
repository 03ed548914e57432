import { EngineError } from '../../foundation/errors.ts';
import { BUFFER_BYTES, type CallLimits, EngineInstance, isInteger } from './engine-instance.ts';

export type WireCall = 'rgs_reset' | 'rgs_step' | 'rgs_simulate';

/** An instance of an engine of the wire contract. */
export class WireInstance extends EngineInstance {
  readonly #calls: Readonly<Record<WireCall, (length: number) => unknown>>;

  /** @throws EngineError UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED */
  constructor(module: WebAssembly.Module, limits: CallLimits) {
    super(module, limits);
    this.#calls = this.exports as Readonly<Record<WireCall, (length: number) => unknown>>;
  }

  /**
   * Runs one export on the first `length` bytes of the input and answers how many bytes of output it wrote.
   * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT
   */
  call(name: WireCall, length = 0, limits?: CallLimits): number {
    const result = this.run(this.#calls[name], length, limits);
    if (!isInteger(result) || result > BUFFER_BYTES) {
      throw new EngineError('BAD_OUTPUT', `The engine answered ${name} with an impossible length`);
    }
    if (result < 0) {
      throw new EngineError('ENGINE_REJECTED', `The engine refused ${name} with ${result}`);
    }
    return result;
  }
}
