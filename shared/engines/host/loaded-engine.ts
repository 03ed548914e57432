import { EngineError } from '../../foundation/errors.ts';
import type { Engine, EngineCapabilities, EngineInput, EngineStep } from '../engines.ts';
import type { EngineTelemetry } from '../../foundation/telemetry.ts';
import { parseCapabilities } from '../capabilities.ts';
import type { CallLimits, CallUsage } from './engine-instance.ts';
import { watched } from './watchdog.ts';
import { WireInstance } from './wire-instance.ts';
import { readReset, readStep, readText, writeReset, writeStep } from '../wire-format.ts';

/**
 * A call may use this much unless the host is told otherwise. A step of a slot needs some ten thousand units of fuel. A
 * harmful engine makes this fuel last for a tenth of a second, by memory that no cache holds.
 */
export const CALL_LIMITS: CallLimits = { fuel: 4_000_000n, timeoutMs: 1_000 };

/**
 * An instance serves so many calls. A memory that breaks the contract lasts no longer. Publishing asks one instance as
 * often.
 */
export const CALLS_PER_INSTANCE = 10_000;

export interface EngineSettings {
  readonly limits: CallLimits;
  readonly telemetry: EngineTelemetry | undefined;
}

/**
 * A compiled engine with one warm instance. The instance is replaced after anything but a clean answer or refusal, and
 * when it has served its calls.
 */
export class LoadedEngine implements Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  readonly limits: CallLimits;
  readonly #telemetry: EngineTelemetry | undefined;
  readonly #module: WebAssembly.Module;
  readonly #maxWinMillionths: bigint;
  #warm: WireInstance | undefined;
  /** Counts the calls of the warm instance. */
  #served = 0;

  /** @throws EngineError UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED */
  constructor(hash: string, module: WebAssembly.Module, { limits, telemetry }: EngineSettings) {
    this.hash = hash;
    this.limits = limits;
    this.#telemetry = telemetry;
    this.#module = module;
    this.capabilities = this.withInstance((instance) =>
      parseCapabilities(readText(instance, instance.describe())),
    );
    this.#maxWinMillionths = this.capabilities.modes.reduce(
      (most, { maxWinMillionths }) => (maxWinMillionths > most ? maxWinMillionths : most),
      0n,
    );
  }

  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT */
  reset(): EngineStep {
    return this.#serve((instance) => {
      return readReset(instance, instance.call('rgs_reset', writeReset(instance)));
    });
  }

  step(input: EngineInput): EngineStep {
    if (this.capabilities.actions[input.action] === undefined) {
      throw new EngineError('ENGINE_REJECTED', `The engine has no action ${input.action}`);
    }
    return this.#serve((instance) =>
      readStep(instance, this.#measuredStep(instance, writeStep(instance, input)), this.#maxWinMillionths),
    );
  }

  #measuredStep(instance: WireInstance, length: number): number {
    try {
      return instance.call('rgs_step', length);
    } finally {
      if (this.#telemetry) reportStep(this.#telemetry, instance.usage);
    }
  }

  /**
   * Runs `use` on the warm instance, or on a fresh one. An instance that trapped or answered nonsense may be damaged, so
   * it is not kept.
   */
  withInstance<T>(use: (instance: WireInstance) => T): T {
    const instance = this.#warm ?? this.#newInstance();
    this.#warm = undefined;
    try {
      const result = use(instance);
      this.#warm = instance;
      return result;
    } catch (error) {
      if (error instanceof EngineError && error.code === 'ENGINE_REJECTED') this.#warm = instance;
      throw error;
    }
  }

  #serve<T>(use: (instance: WireInstance) => T): T {
    if (this.#served >= CALLS_PER_INSTANCE) this.#warm = undefined;
    try {
      return this.withInstance((instance) => {
        this.#served += 1;
        return use(instance);
      });
    } catch (error) {
      if (error instanceof EngineError) this.#telemetry?.countFailure(error.code);
      throw error;
    }
  }

  #newInstance(): WireInstance {
    const { timeoutMs } = this.limits;
    const instance = watched(timeoutMs, () => new WireInstance(this.#module, this.limits));
    this.#served = 0;
    this.#telemetry?.measure('EngineInstances', 1);
    return instance;
  }
}

function reportStep(telemetry: EngineTelemetry, { fuel, durationMs, memoryPages }: CallUsage): void {
  telemetry.measure('EngineStepMicroseconds', durationMs * 1_000);
  telemetry.measure('EngineStepFuel', Number(fuel));
  telemetry.measure('EngineMemoryPages', memoryPages);
}
