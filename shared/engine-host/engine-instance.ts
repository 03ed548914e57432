import { EngineError } from '../domain/errors.ts';

const ABI_VERSION = 1;
const BUFFER_BYTES = 65_536;

const functionNames = [
  'rgs_abi',
  'rgs_in',
  'rgs_out',
  'rgs_cap',
  'rgs_capabilities',
  'rgs_reset',
  'rgs_step',
  'rgs_simulate',
] as const;

export type EngineCall = 'rgs_capabilities' | 'rgs_reset' | 'rgs_step' | 'rgs_simulate';
type Exports = Readonly<Record<(typeof functionNames)[number], (length?: number) => unknown>>;

/** Checks what a module needs and offers, before any of its code runs. @throws EngineError UNSUPPORTED_ABI */
export function checkInterface(module: WebAssembly.Module): void {
  const [first] = WebAssembly.Module.imports(module);
  if (first !== undefined) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `The engine imports ${first.module}.${first.name}; it may import nothing`,
    );
  }
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = functionNames.find((name) => kinds.get(name) !== 'function');
  if (missing !== undefined || kinds.get('memory') !== 'memory') {
    throw new EngineError('UNSUPPORTED_ABI', `The engine does not export ${missing ?? 'its memory'}`);
  }
}

/** An instance of an engine and its two buffers. After a throw of ENGINE_TRAP it must not be used again. */
export class EngineInstance {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #inputAt: number;
  readonly #outputAt: number;
  #buffer: ArrayBuffer;
  #input: Uint8Array;
  #output: Uint8Array;
  #inputView: DataView;
  #outputView: DataView;

  /** @throws EngineError ENGINE_TRAP, UNSUPPORTED_ABI */
  constructor(module: WebAssembly.Module) {
    const { exports } = guard(() => new WebAssembly.Instance(module));
    this.#exports = exports as Exports;
    this.#memory = exports['memory'] as WebAssembly.Memory;
    if (guard(this.#exports.rgs_abi) !== ABI_VERSION) {
      throw new EngineError(
        'UNSUPPORTED_ABI',
        `The engine does not speak version ${ABI_VERSION} of the wire contract`,
      );
    }
    if (guard(this.#exports.rgs_cap) !== BUFFER_BYTES) {
      throw new EngineError('UNSUPPORTED_ABI', `The engine's buffers are not ${BUFFER_BYTES} bytes`);
    }
    this.#inputAt = this.#bufferAddress(guard(this.#exports.rgs_in));
    this.#outputAt = this.#bufferAddress(guard(this.#exports.rgs_out));
    if (Math.abs(this.#inputAt - this.#outputAt) < BUFFER_BYTES) {
      throw new EngineError('UNSUPPORTED_ABI', "The engine's buffers overlap");
    }
    this.#buffer = this.#memory.buffer;
    [this.#input, this.#inputView] = this.#viewsAt(this.#inputAt);
    [this.#output, this.#outputView] = this.#viewsAt(this.#outputAt);
  }

  get input(): Uint8Array {
    this.#refresh();
    return this.#input;
  }

  get inputView(): DataView {
    this.#refresh();
    return this.#inputView;
  }

  /** Valid until the next call. */
  get output(): Uint8Array {
    this.#refresh();
    return this.#output;
  }

  get outputView(): DataView {
    this.#refresh();
    return this.#outputView;
  }

  /**
   * Runs one export on the first `length` bytes of the input and answers how many bytes of output it wrote.
   * @throws EngineError ENGINE_TRAP, ENGINE_REJECTED, BAD_OUTPUT
   */
  call(name: EngineCall, length = 0): number {
    const result = this.#run(name, length);
    if (!isInteger(result) || result > BUFFER_BYTES) {
      throw new EngineError('BAD_OUTPUT', `The engine answered ${name} with an impossible length`);
    }
    if (result < 0) {
      const code = name === 'rgs_capabilities' ? 'BAD_OUTPUT' : 'ENGINE_REJECTED';
      throw new EngineError(code, `The engine refused ${name} with ${result}`);
    }
    return result;
  }

  #run(name: EngineCall, length: number): unknown {
    try {
      return this.#exports[name](length);
    } catch (cause) {
      throw trapped(cause);
    }
  }

  /** Memory that grows is a new buffer, and the views of the old one are empty. */
  #refresh(): void {
    if (this.#memory.buffer === this.#buffer) return;
    this.#buffer = this.#memory.buffer;
    [this.#input, this.#inputView] = this.#viewsAt(this.#inputAt);
    [this.#output, this.#outputView] = this.#viewsAt(this.#outputAt);
  }

  #viewsAt(address: number): [Uint8Array, DataView] {
    const { buffer } = this.#memory;
    return [new Uint8Array(buffer, address, BUFFER_BYTES), new DataView(buffer, address, BUFFER_BYTES)];
  }

  #bufferAddress(value: unknown): number {
    const last = this.#memory.buffer.byteLength - BUFFER_BYTES;
    if (!isInteger(value) || value < 0 || value > last) {
      throw new EngineError('UNSUPPORTED_ABI', "The engine's buffers are outside of its memory");
    }
    return value;
  }
}

// JavaScript cannot ask for a function's type, and a float is a number too.
function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function guard<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw trapped(cause);
  }
}

// Not only WebAssembly's own errors: a stack that overflows in an engine is a RangeError.
function trapped(cause: unknown): EngineError {
  return new EngineError('ENGINE_TRAP', 'The engine trapped', { cause });
}
