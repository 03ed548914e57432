import { EngineError } from '../../foundation/errors.ts';
import { timedOut } from './watchdog.ts';

const ABI_VERSION = 1;
/** Each of an engine's two buffers has so many bytes. */
export const BUFFER_BYTES = 65_536;
const PAGE_BYTES = 65_536;

/** One call may use this much. */
export interface CallLimits {
  readonly fuel: bigint;
  readonly timeoutMs: number;
}

/** One call used this much. */
export interface CallUsage {
  readonly fuel: bigint;
  readonly durationMs: number;
  /** The memory after the call, in pages of 64 KiB. */
  readonly memoryPages: number;
}

type Call = (length: number) => unknown;

type Exports = Readonly<
  Record<'rgs_start' | 'rgs_abi' | 'rgs_in' | 'rgs_out' | 'rgs_cap' | 'rgs_capabilities', Call>
> & {
  readonly rgs_fuel_set: (fuel: bigint) => void;
  /** It is below zero after a trap for want of fuel. */
  readonly rgs_fuel_left: () => bigint;
  readonly rgs_out_of_memory: () => number;
};

/**
 * An instance of an engine with its fuel and its two buffers, whichever contract it speaks. After a throw of anything
 * but ENGINE_REJECTED it must not be used again.
 */
export abstract class EngineInstance {
  protected readonly exports: Readonly<Record<string, unknown>>;
  protected readonly memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #limits: CallLimits;
  protected readonly inputAt: number;
  readonly #outputAt: number;
  #buffer: ArrayBuffer;
  #input: Uint8Array;
  #output: Uint8Array;
  #inputView: DataView;
  #outputView: DataView;
  #outputText: Buffer;
  #fuelGiven = 0n;
  #durationMs = 0;

  /** @throws EngineError UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED */
  constructor(module: WebAssembly.Module, limits: CallLimits) {
    const { exports } = instantiate(module);
    this.exports = exports;
    this.#exports = exports as Exports;
    this.memory = exports['memory'] as WebAssembly.Memory;
    this.#limits = limits;
    const { rgs_start, rgs_abi, rgs_cap, rgs_in, rgs_out } = this.#exports;
    this.run(rgs_start);
    if (this.run(rgs_abi) !== ABI_VERSION) {
      throw new EngineError(
        'UNSUPPORTED_ABI',
        `The engine does not speak version ${ABI_VERSION} of its contract`,
      );
    }
    if (this.run(rgs_cap) !== BUFFER_BYTES) {
      throw new EngineError('UNSUPPORTED_ABI', `The engine's buffers are not ${BUFFER_BYTES} bytes`);
    }
    this.inputAt = this.#bufferAddress(this.run(rgs_in));
    this.#outputAt = this.#bufferAddress(this.run(rgs_out));
    if (Math.abs(this.inputAt - this.#outputAt) < BUFFER_BYTES) {
      throw new EngineError('UNSUPPORTED_ABI', "The engine's buffers overlap");
    }
    this.#buffer = this.memory.buffer;
    [this.#input, this.#inputView] = this.#viewsAt(this.inputAt);
    [this.#output, this.#outputView] = this.#viewsAt(this.#outputAt);
    this.#outputText = Buffer.from(this.#buffer, this.#outputAt, BUFFER_BYTES);
  }

  get input(): Uint8Array {
    this.#refresh();
    return this.#input;
  }

  get inputView(): DataView {
    this.#refresh();
    return this.#inputView;
  }

  /** The output is valid until the next call. */
  get output(): Uint8Array {
    this.#refresh();
    return this.#output;
  }

  get outputView(): DataView {
    this.#refresh();
    return this.#outputView;
  }

  /** Reads bytes of the output that are known to be ASCII. */
  asciiText(from: number, to: number): string {
    this.#refresh();
    return this.#outputText.toString('latin1', from, to);
  }

  /** Gives the usage of the last call, however it ended. */
  get usage(): CallUsage {
    this.#refresh();
    return {
      fuel: this.#fuelGiven - this.#exports.rgs_fuel_left(),
      durationMs: this.#durationMs,
      memoryPages: this.#buffer.byteLength / PAGE_BYTES,
    };
  }

  /** Gives the length of the engine's description of itself. @throws EngineError BAD_OUTPUT, and what a call throws */
  describe(): number {
    const length = this.run(this.#exports.rgs_capabilities);
    if (isInteger(length) && length >= 0 && length <= BUFFER_BYTES) return length;
    throw new EngineError('BAD_OUTPUT', 'The engine answered rgs_capabilities with an impossible length');
  }

  /**
   * Fuel ends what has no end. The clock finds what fuel weighs too lightly: an answer that comes late is not used.
   * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT
   */
  protected run(call: Call, length = 0, { fuel, timeoutMs }: CallLimits = this.#limits): unknown {
    this.#fuelGiven = fuel;
    this.#exports.rgs_fuel_set(fuel);
    const result = this.#untilTrap(call, length);
    if (this.#durationMs > timeoutMs) throw timedOut(timeoutMs);
    return result;
  }

  #untilTrap(call: Call, length: number): unknown {
    const startedAt = performance.now();
    try {
      return call(length);
    } catch (cause) {
      throw this.#trapped(cause);
    } finally {
      this.#durationMs = performance.now() - startedAt;
    }
  }

  #trapped(cause: unknown): EngineError {
    if (this.#exports.rgs_out_of_memory() !== 0) {
      return new EngineError('OUT_OF_MEMORY', 'The engine asked for more memory than it may have', { cause });
    }
    if (this.#exports.rgs_fuel_left() < 0n) {
      return new EngineError('OUT_OF_FUEL', 'The engine used more fuel than a call may', { cause });
    }
    return new EngineError('ENGINE_TRAP', 'The engine trapped', { cause });
  }

  /**
   * Memory that grows is a new buffer, and the views of the old one are empty. Asking for the buffer takes much longer.
   */
  #refresh(): void {
    if (this.#input.length !== 0) return;
    this.#buffer = this.memory.buffer;
    [this.#input, this.#inputView] = this.#viewsAt(this.inputAt);
    [this.#output, this.#outputView] = this.#viewsAt(this.#outputAt);
    this.#outputText = Buffer.from(this.#buffer, this.#outputAt, BUFFER_BYTES);
  }

  #viewsAt(address: number): [Uint8Array, DataView] {
    const { buffer } = this.memory;
    return [new Uint8Array(buffer, address, BUFFER_BYTES), new DataView(buffer, address, BUFFER_BYTES)];
  }

  #bufferAddress(value: unknown): number {
    const last = this.memory.buffer.byteLength - BUFFER_BYTES;
    if (!isInteger(value) || value < 0 || value > last) {
      throw new EngineError('UNSUPPORTED_ABI', "The engine's buffers are outside of its memory");
    }
    return value;
  }
}

/** None of the engine's code runs here, but its data is copied to where it says. */
function instantiate(module: WebAssembly.Module): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module);
  } catch (cause) {
    // A RangeError means that this process has no room for the memory with which the engine begins.
    throw cause instanceof RangeError
      ? new EngineError('OUT_OF_MEMORY', 'There is no memory for the engine', { cause })
      : new EngineError('ENGINE_TRAP', 'The engine trapped when it was made', { cause });
  }
}

// JavaScript cannot ask for a function's type, and a float is a number too.
export function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}
