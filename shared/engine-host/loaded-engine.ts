import { EngineError } from '../domain/errors.ts';
import type { Engine, EngineCapabilities, EngineInput, EngineStep } from '../ports/engines.ts';
import { parseCapabilities } from './capabilities.ts';
import { EngineInstance } from './engine-instance.ts';
import { readStep, readText, writeReset, writeStep } from './wire-format.ts';

/** A compiled engine with one warm instance, which is replaced after a trap. */
export class LoadedEngine implements Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  readonly #module: WebAssembly.Module;
  readonly #maxWinMillionths: bigint;
  #warm: EngineInstance | undefined;

  /** @throws EngineError ENGINE_TRAP, UNSUPPORTED_ABI, ENGINE_REJECTED, BAD_OUTPUT */
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
    const first = this.withInstance((instance) => {
      return readStep(instance, instance.call('rgs_reset', writeReset(instance)), 0n);
    });
    if (first.bonusActive) throw new EngineError('BAD_OUTPUT', 'The engine begins in the middle of a bonus');
    return first;
  }

  step(input: EngineInput): EngineStep {
    if (this.capabilities.actions[input.action] === undefined) {
      throw new EngineError('ENGINE_REJECTED', `The engine has no action ${input.action}`);
    }
    return this.withInstance((instance) => {
      return readStep(
        instance,
        instance.call('rgs_step', writeStep(instance, input)),
        this.#maxWinMillionths,
      );
    });
  }

  /** Runs `use` on the warm instance, or a fresh one; a trap leaves memory in an unknown state, so it ends the instance. */
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
