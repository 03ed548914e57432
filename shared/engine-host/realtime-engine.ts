import { EngineError } from '../domain/errors.ts';
import { checkImports, MAX_MEMORY_PAGES } from './interface.ts';
import { memoryLimitsOf } from './module-sections.ts';
import { watched } from './watchdog.ts';

const ABI_VERSION = 1;
const BUFFER_BYTES = 65_536;
const SEED_BYTES = 32;
const LENGTH_BYTES = 4;
/** More time is brought in several ticks, between which the state can be read. */
const MAX_TICK_MS = 10_000;
/** For a call of the engine; a tick of ten seconds takes some milliseconds. */
const CALL_TIMEOUT_MS = 250;

const functionNames = [
  'rgs_abi',
  'rgs_in',
  'rgs_cap',
  'init',
  'tick',
  'on_input',
  'serialize_state',
] as const;
type Exports = Readonly<Record<(typeof functionNames)[number], (...numbers: number[]) => unknown>>;

/**
 * A game that goes on by itself: time and what players send go in, and what everybody may see comes out. It keeps what
 * it was told, so one instance is one table, and the log of its calls is its record. After a throw of ENGINE_TRAP,
 * TIMEOUT or BAD_OUTPUT it must not be used again.
 */
export class RealtimeEngine {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #inputAt: number;

  /**
   * Checks a module and begins a game.
   * @param seed 32 bytes, from which all that is drawn follows
   * @param config what the game may be told at its beginning
   * @throws EngineError UNSUPPORTED_ABI, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED
   */
  constructor(wasm: Uint8Array, seed: Uint8Array, config: Uint8Array = new Uint8Array()) {
    const module = compiled(wasm);
    const { exports } = guarded(() => new WebAssembly.Instance(module));
    this.#exports = exports as Exports;
    this.#memory = exports['memory'] as WebAssembly.Memory;
    if (guarded(this.#exports.rgs_abi) !== ABI_VERSION || guarded(this.#exports.rgs_cap) !== BUFFER_BYTES) {
      throw unsupported('has another version of the contract, or other buffers');
    }
    this.#inputAt = this.#bufferAt(guarded(this.#exports.rgs_in));
    this.#start(seed, config);
  }

  #start(seed: Uint8Array, config: Uint8Array): void {
    if (seed.length !== SEED_BYTES || seed.length + config.length > BUFFER_BYTES) {
      throw new EngineError(
        'ENGINE_REJECTED',
        'The seed or the configuration is not one that an engine takes',
      );
    }
    this.#input.set(seed);
    this.#input.set(config, SEED_BYTES);
    const result = guarded(() => this.#exports.init(this.#inputAt, seed.length + config.length));
    if (result !== 0)
      throw new EngineError('ENGINE_REJECTED', `The engine refused to begin with ${String(result)}`);
  }

  /**
   * Brings time.
   * @param dtMs above 0 and at most 10,000, in whole 1,024ths of a millisecond: then it does not matter how time is cut
   * @throws EngineError ENGINE_REJECTED, ENGINE_TRAP, TIMEOUT
   */
  tick(dtMs: number): void {
    if (!(dtMs > 0 && dtMs <= MAX_TICK_MS && Number.isInteger(dtMs * 1_024) && Math.fround(dtMs) === dtMs)) {
      throw new EngineError('ENGINE_REJECTED', `${dtMs} ms is no time that a tick takes`);
    }
    guarded(() => this.#exports.tick(dtMs));
  }

  /**
   * Gives what a player sent. The engine ignores what it does not allow; the state shows what came of it.
   * @throws EngineError ENGINE_REJECTED, ENGINE_TRAP, TIMEOUT
   */
  input(playerId: string, bytes: Uint8Array): void {
    const id = new TextEncoder().encode(playerId);
    if (id.length === 0 || id.length + bytes.length > BUFFER_BYTES) {
      throw new EngineError('ENGINE_REJECTED', 'A player without an id, or more input than an engine takes');
    }
    this.#input.set(id);
    this.#input.set(bytes, id.length);
    const bytesAt = this.#inputAt + id.length;
    guarded(() => this.#exports.on_input(this.#inputAt, id.length, bytesAt, bytes.length));
  }

  /** What everybody may see, as UTF-8 JSON. @throws EngineError ENGINE_TRAP, TIMEOUT, BAD_OUTPUT */
  state(): string {
    const at = guarded(this.#exports.serialize_state);
    const { buffer } = this.#memory;
    if (!isAddress(at, buffer.byteLength - LENGTH_BYTES)) throw badOutput('is outside of its memory');
    const length = new DataView(buffer).getInt32(at, true);
    if (length < 0 || length > Math.min(BUFFER_BYTES, buffer.byteLength - at) - LENGTH_BYTES) {
      throw badOutput('has an impossible length');
    }
    return json(new Uint8Array(buffer, at + LENGTH_BYTES, length));
  }

  get #input(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#inputAt, BUFFER_BYTES);
  }

  #bufferAt(value: unknown): number {
    if (isAddress(value, this.#memory.buffer.byteLength - BUFFER_BYTES)) return value;
    throw unsupported('has its buffer outside of its memory');
  }
}

function compiled(wasm: Uint8Array): WebAssembly.Module {
  const bytes = new Uint8Array(wasm);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(bytes);
  } catch (cause) {
    throw unsupported('is not a valid WebAssembly module', cause);
  }
  checkImports(module);
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = functionNames.find((name) => kinds.get(name) !== 'function');
  if (missing !== undefined || kinds.get('memory') !== 'memory') {
    throw unsupported(`does not export ${missing ?? 'its memory'}`);
  }
  const maximum = memoryLimitsOf(bytes)?.maximum;
  if (maximum === undefined || maximum > MAX_MEMORY_PAGES) {
    throw unsupported('must declare one memory with a maximum of at most 64 MiB');
  }
  return module;
}

function json(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw badOutput('is not JSON', cause);
  }
}

function isAddress(value: unknown, last: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= last;
}

function guarded<T>(run: () => T): T {
  try {
    return watched(CALL_TIMEOUT_MS, () => run());
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('ENGINE_TRAP', 'The engine trapped', { cause });
  }
}

function unsupported(why: string, cause?: unknown): EngineError {
  return new EngineError('UNSUPPORTED_ABI', `The engine ${why}`, { cause });
}

function badOutput(why: string, cause?: unknown): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine's state ${why}`, { cause });
}
