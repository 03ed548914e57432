import type { Engine, EngineInput, EngineStep } from './engines.ts';
import type { SimulationBatch, SimulationResult } from './simulation.ts';

/** An engine that a server offers to hosts elsewhere. It answers at once, and it plays simulations, too. */
export interface ServedEngine extends Engine {
  reset(): EngineStep;
  step(input: EngineInput): EngineStep;
  /** The capabilities as the engine wrote them, a JSON document. @throws EngineError as for a step */
  capabilitiesText(): string;
  /**
   * Each round may use the fuel of a step, and the whole batch may take `timeoutMs`.
   * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT
   */
  simulate(batch: SimulationBatch, timeoutMs?: number): SimulationResult;
}
