/** An engine says this of itself. docs/engines.md has the JSON that it comes from. */
export interface EngineCapabilities {
  readonly engineId: string;
  readonly buildId: string;
  readonly stateEncoding: string;
  readonly actions: readonly EngineAction[];
  readonly modes: readonly EngineMode[];
  /** The pay lines, where the game has any. */
  readonly lines: number | undefined;
  readonly maxHorizon: number;
  readonly preferredBatch: number;
}

export interface EngineAction {
  readonly name: string;
  /** The phase `any` means that the action opens a round, and is also played in an open one. */
  readonly phase: 'base' | 'bonus' | 'any';
  /** The mode of the rounds that the action opens. It is absent from an action that opens none. */
  readonly mode?: string;
  /** The byte that stands for the action on the wire, which is its index. */
  readonly code: number;
}

export interface EngineMode {
  readonly name: string;
  /**
   * The price is in millionths of the base bet. It is 0 only for a game without money, whose other figures are 0 too.
   */
  readonly priceMillionths: bigint;
  readonly rtpMillionths: bigint;
  readonly maxWinMillionths: bigint;
}

export interface EngineStep {
  readonly state: Uint8Array;
  readonly payoutMillionths: bigint;
  /** It is true where the next step must be a bonus action. */
  readonly bonusActive: boolean;
  /** A JSON object in UTF-8 with `outcome`, `public_state` and `bonus_triggered`, as the engine wrote it. */
  readonly view: string;
}

/** One engine, ready to play. It is pure: the same input gives the same bytes. */
export interface Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  /** Gives the first state. It is a constant of the engine and its configuration; chance enters with a step. */
  reset(): EngineStep | Promise<EngineStep>;
  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT */
  step(input: EngineInput): EngineStep | Promise<EngineStep>;
}

export interface EngineInput {
  readonly state: Uint8Array;
  /** The code of an action of the capabilities. */
  readonly action: number;
  /** It has 32 bytes, and is the key of the round's random stream. */
  readonly seed: Uint8Array;
  /** The nonce of the random stream. It is 0 for the first step of a round. */
  readonly stepIndex: number;
}

export interface Engines {
  /**
   * Loads an engine, verified and cached. @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI, and
   * what a step throws
   */
  load(hash: string): Promise<Engine>;
}

/** Keeps engines as immutable bytes under their SHA-256. */
export interface EngineArtefacts {
  /** @throws EngineError ENGINE_UNAVAILABLE */
  fetch(hash: string): Promise<Uint8Array>;
}
