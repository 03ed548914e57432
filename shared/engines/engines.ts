/** What an engine says of itself; see docs/engines.md for the JSON it comes from. */
export interface EngineCapabilities {
  readonly engineId: string;
  readonly buildId: string;
  readonly stateEncoding: string;
  readonly actions: readonly EngineAction[];
  readonly modes: readonly EngineMode[];
  /** Pay lines, where the game has any. */
  readonly lines: number | undefined;
  readonly maxHorizon: number;
  readonly preferredBatch: number;
}

export interface EngineAction {
  readonly name: string;
  /** `any`: opens a round, and is played in an open one. */
  readonly phase: 'base' | 'bonus' | 'any';
  /** The mode of the rounds that it opens; absent from an action that opens none. */
  readonly mode?: string;
  /** The byte that stands for it on the wire: its index. */
  readonly code: number;
}

export interface EngineMode {
  readonly name: string;
  /** Of the base bet. 0 only for a game without money, whose other figures are 0 too. */
  readonly priceMillionths: bigint;
  readonly rtpMillionths: bigint;
  readonly maxWinMillionths: bigint;
}

export interface EngineStep {
  readonly state: Uint8Array;
  readonly payoutMillionths: bigint;
  /** The next step must be a bonus action. */
  readonly bonusActive: boolean;
  /** UTF-8 JSON object with `outcome`, `public_state`, `bonus_triggered`, as the engine wrote it. */
  readonly view: string;
}

/** One engine, ready to play. Pure: the same input gives the same bytes. */
export interface Engine {
  readonly hash: string;
  readonly capabilities: EngineCapabilities;
  /** The first state: a constant of the engine and its configuration; chance enters with a step. */
  reset(): EngineStep | Promise<EngineStep>;
  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT */
  step(input: EngineInput): EngineStep | Promise<EngineStep>;
}

export interface EngineInput {
  readonly state: Uint8Array;
  /** The code of an action of the capabilities. */
  readonly action: number;
  /** 32 bytes: the key of the round's random stream. */
  readonly seed: Uint8Array;
  /** 0 for the first step of a round: the nonce of the random stream. */
  readonly stepIndex: number;
}

export interface Engines {
  /** Verified and cached. @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI, and what a step throws */
  load(hash: string): Promise<Engine>;
}

/** Where engines are kept: immutable bytes under their SHA-256. */
export interface EngineArtefacts {
  /** @throws EngineError ENGINE_UNAVAILABLE */
  fetch(hash: string): Promise<Uint8Array>;
}
