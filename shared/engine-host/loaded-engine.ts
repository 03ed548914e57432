import { EngineError } from '../domain/errors.ts';
import type { Engine, EngineCapabilities, EngineInput, EngineStep } from '../ports/engines.ts';
import { parseCapabilities } from './capabilities.ts';
import { EngineInstance } from './engine-instance.ts';
import { readReset, readStep, readText, writeReset, writeStep } from './wire-format.ts';

/** A compiled engine with one warm instance, which is replaced after anything but a clean answer or refusal. */
export class LoadedEngine implements Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  readonly #module: WebAssembly.Module;
  readonly #maxWinMillionths: bigint;
  #warm: EngineInstance | undefined;

  /** @throws EngineError ENGINE_TRAP, UNSUPPORTED_ABI, BAD_OUTPUT */
  constructor(hash: string, module: WebAssembly.Module) {
    this.hash = hash;
    this.#module = module;
    this.capabilities = this.withInstance((instance) =>
      parseCapabilities(readText(instance, instance.call('rgs_capabilities'))),
    );
    this.#maxWinMillionths = this.capabilities.modes.reduce(
      (most, { maxWinMillionths }) => (maxWinMillionths > most ? maxWinMillionths : most),
      0n,
    );
  }

  /** @throws EngineError ENGINE_TRAP, ENGINE_REJECTED, BAD_OUTPUT */
  reset(): EngineStep {
    return this.withInstance((instance) => {
      return readReset(instance, instance.call('rgs_reset', writeReset(instance)));
    });
  }

  step(input: EngineInput): EngineStep {
    if (this.capabilities.actions[input.action] === undefined) {
      throw new EngineError('ENGINE_REJECTED', `The engine has no action ${input.action}`);
    }
    return this.withInstance((instance) => {
      const length = instance.call('rgs_step', writeStep(instance, input));
      return readStep(instance, length, this.#maxWinMillionths);
    });
  }

  /** Runs `use` on the warm instance, or a fresh one. What trapped or answered nonsense may be damaged, so it is not kept. */
  withInstance<T>(use: (instance: EngineInstance) => T): T {
    const instance = this.#warm ?? new EngineInstance(this.#module);
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
}
