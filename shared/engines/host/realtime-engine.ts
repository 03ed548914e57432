import { EngineError } from '../../foundation/errors.ts';
import type { EngineArtefacts } from '../engines.ts';
import type { EngineTelemetry } from '../../foundation/telemetry.ts';
import type { CallLimits } from './engine-instance.ts';
import { verifiedModule } from './load-engine.ts';
import type { EngineSettings } from './loaded-engine.ts';
import { parseRealtimeCapabilities, type RealtimeCapabilities } from './realtime-capabilities.ts';
import { RealtimeInstance } from './realtime-instance.ts';
import { RealtimeTable } from './realtime-table.ts';
import { watched } from './watchdog.ts';
import { readText } from '../wire-format.ts';

/**
 * This is four times the fuel of a step, since one call answers for all players of a table. Writing what 256 players of
 * crash see takes 2,700,000 units, and publishing lets no call use more than a quarter of the limit. A harmful engine
 * makes this fuel last for half a second.
 */
export const REALTIME_LIMITS: CallLimits = { fuel: 16_000_000n, timeoutMs: 1_000 };

/**
 * Fetches a realtime engine by its SHA-256 (hex), verifies it and compiles it, once for all of its tables.
 * @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED
 */
export async function loadRealtime(
  artefacts: EngineArtefacts,
  hash: string,
  { limits = REALTIME_LIMITS, telemetry }: Partial<EngineSettings> = {},
): Promise<RealtimeEngine> {
  const module = await verifiedModule(artefacts, hash, 'realtime');
  return new RealtimeEngine(hash, module, { limits, telemetry });
}

/** A compiled engine of the realtime contract. Every table has an instance of its own. */
export class RealtimeEngine {
  readonly hash: string;
  readonly capabilities: RealtimeCapabilities;
  readonly limits: CallLimits;
  readonly #module: WebAssembly.Module;
  readonly #telemetry: EngineTelemetry | undefined;

  /** @throws EngineError UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED */
  constructor(hash: string, module: WebAssembly.Module, { limits, telemetry }: EngineSettings) {
    this.hash = hash;
    this.limits = limits;
    this.#module = module;
    this.#telemetry = telemetry;
    const instance = this.instance();
    this.capabilities = parseRealtimeCapabilities(readText(instance, instance.describe()));
  }

  /**
   * Begins a game.
   * @param seed has 32 bytes, from which all that is drawn follows
   * @param config holds what the game may be told at its beginning
   * @throws EngineError ENGINE_REJECTED, OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, BAD_OUTPUT
   */
  open(seed: Uint8Array, config: Uint8Array = new Uint8Array()): RealtimeTable {
    try {
      const instance = this.instance();
      instance.begin(seed, config);
      return new RealtimeTable(instance, this.capabilities.maxTickMs, this.#telemetry);
    } catch (error) {
      if (error instanceof EngineError) this.#telemetry?.countFailure(error.code);
      throw error;
    }
  }

  /** Makes an instance that has not begun. */
  instance(): RealtimeInstance {
    const { timeoutMs } = this.limits;
    const instance = watched(timeoutMs, () => new RealtimeInstance(this.#module, this.limits));
    this.#telemetry?.measure('EngineInstances', 1);
    return instance;
  }
}
