import { type CodeOf, EngineError } from '../../foundation/errors.ts';
import type { EngineTelemetry } from '../../foundation/telemetry.ts';
import { BUFFER_BYTES } from './engine-instance.ts';
import { MAX_TICK_MS } from './realtime-capabilities.ts';
import type { RealtimeInstance } from './realtime-instance.ts';

const PARTS_PER_MS = 1_024;

const utf8 = new TextEncoder();

/**
 * A game that goes on by itself. Time and the players' input go in, and what everybody may see comes out. It keeps what
 * it was told, so one instance is one table, and the log of its calls is its record. Once a call of the engine has
 * failed, nobody can tell what it did, so the table is over.
 */
export class RealtimeTable {
  readonly #instance: RealtimeInstance;
  readonly #maxTickMs: number;
  readonly #telemetry: EngineTelemetry | undefined;
  #failure: EngineError | undefined;

  /** @param instance has begun */
  constructor(instance: RealtimeInstance, maxTickMs: number, telemetry: EngineTelemetry | undefined) {
    this.#instance = instance;
    this.#maxTickMs = maxTickMs;
    this.#telemetry = telemetry;
  }

  /** This error ended the table. */
  get failure(): EngineError | undefined {
    return this.#failure;
  }

  /**
   * Brings time, in ticks none of which is longer than the engine declares for one call.
   * @param dtMs is above 0 and at most 10,000, in whole 1,024ths of a millisecond, so that cuts of time do not matter
   * @throws EngineError ENGINE_REJECTED, OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, or what ended the table
   */
  tick(dtMs: number): void {
    if (
      !(
        dtMs > 0 &&
        dtMs <= MAX_TICK_MS &&
        Number.isInteger(dtMs * PARTS_PER_MS) &&
        Math.fround(dtMs) === dtMs
      )
    ) {
      throw new EngineError('ENGINE_REJECTED', `${dtMs} ms is no time that a tick takes`);
    }
    for (let left = dtMs; left > 0; left -= this.#maxTickMs) {
      this.#call((instance) => instance.tick(Math.min(left, this.#maxTickMs)));
    }
  }

  /**
   * Gives a player's input. The engine ignores what it does not allow, and the state shows the result.
   * @throws EngineError ENGINE_REJECTED, OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, or what ended the table
   */
  input(playerId: string, bytes: Uint8Array): void {
    const id = utf8.encode(playerId);
    if (id.length === 0 || id.length + bytes.length > BUFFER_BYTES) {
      throw new EngineError('ENGINE_REJECTED', 'A player without an id, or more input than an engine takes');
    }
    this.#call((instance) => instance.give(id, bytes));
  }

  /**
   * Reads what everybody may see, as UTF-8 JSON.
   * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, BAD_OUTPUT, or what ended the table
   */
  state(): string {
    return this.#call((instance) => instance.state());
  }

  #call<T>(make: (instance: RealtimeInstance) => T): T {
    if (this.#failure) throw over(this.#failure);
    try {
      return make(this.#instance);
    } catch (error) {
      this.#failure = error as EngineError;
      this.#telemetry?.countFailure(this.#failure.code);
      throw error;
    } finally {
      this.#report();
    }
  }

  #report(): void {
    if (!this.#telemetry) return;
    const { durationMs, fuel, memoryPages } = this.#instance.usage;
    this.#telemetry.measure('RealtimeCallMicroseconds', durationMs * 1_000);
    this.#telemetry.measure('RealtimeCallFuel', Number(fuel));
    this.#telemetry.measure('EngineMemoryPages', memoryPages);
  }
}

function over(cause: EngineError): EngineError {
  return new EngineError(
    cause.code as CodeOf<'engine'>,
    `The table ended when its engine failed with ${cause.code}`,
    { cause },
  );
}
