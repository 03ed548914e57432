import { EngineError } from '../../foundation/errors.ts';
import { readJson } from '../../foundation/json-text.ts';
import { BUFFER_BYTES, type CallLimits, EngineInstance, isInteger } from './engine-instance.ts';

const SEED_BYTES = 32;
const LENGTH_BYTES = 4;

interface Exports {
  readonly init: (at: number, length: number) => unknown;
  readonly tick: (dtMs: number) => unknown;
  readonly on_input: (idAt: number, idLength: number, at: number, length: number) => unknown;
  readonly serialize_state: () => unknown;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An instance of an engine of the realtime contract. */
export class RealtimeInstance extends EngineInstance {
  readonly #calls: Exports;

  /** @throws EngineError UNSUPPORTED_ABI, and what a call throws */
  constructor(module: WebAssembly.Module, limits: CallLimits) {
    super(module, limits);
    this.#calls = this.exports as unknown as Exports;
  }

  /**
   * Begins a new game, whatever was before.
   * @throws EngineError ENGINE_REJECTED, OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, BAD_OUTPUT
   */
  begin(seed: Uint8Array, config: Uint8Array): void {
    const length = seed.length + config.length;
    if (seed.length !== SEED_BYTES || length > BUFFER_BYTES) {
      throw new EngineError(
        'ENGINE_REJECTED',
        'The seed or the configuration is not one that an engine takes',
      );
    }
    this.input.set(seed);
    this.input.set(config, SEED_BYTES);
    const result = this.run(() => this.#calls.init(this.inputAt, length));
    if (!isInteger(result) || result > 0) {
      throw new EngineError('BAD_OUTPUT', 'The engine answered init with a number that means nothing');
    }
    if (result < 0) throw new EngineError('ENGINE_REJECTED', `The engine refused init with ${result}`);
  }

  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT */
  tick(dtMs: number): void {
    this.run(() => this.#calls.tick(dtMs));
  }

  /**
   * Gives an id and bytes that fit into the buffer together.
   * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT
   */
  give(id: Uint8Array, bytes: Uint8Array): void {
    const at = this.inputAt;
    this.input.set(id);
    this.input.set(bytes, id.length);
    this.run(() => this.#calls.on_input(at, id.length, at + id.length, bytes.length));
  }

  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, BAD_OUTPUT */
  state(): string {
    const at = this.run(this.#calls.serialize_state);
    const { buffer } = this.memory;
    if (!isInteger(at) || at < 0 || at > buffer.byteLength - LENGTH_BYTES) {
      throw badState('is outside of its memory');
    }
    const length = new DataView(buffer).getInt32(at, true);
    if (length < 0 || length > Math.min(BUFFER_BYTES, buffer.byteLength - at) - LENGTH_BYTES) {
      throw badState('has an impossible length');
    }
    return json(new Uint8Array(buffer, at + LENGTH_BYTES, length));
  }
}

function json(bytes: Uint8Array): string {
  try {
    const text = utf8.decode(bytes);
    readJson(text);
    return text;
  } catch (cause) {
    throw badState('is not JSON, or is ambiguous or too deep', cause);
  }
}

function badState(why: string, cause?: unknown): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine's state ${why}`, { cause });
}
