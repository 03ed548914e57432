import { readFile } from 'node:fs/promises';
import { parseCapabilities } from '../shared/engines/capabilities.ts';
import type { EngineCapabilities } from '../shared/engines/engines.ts';

/** These exports take an input and answer a length or a negative error. */
export type RawCall = 'rgs_capabilities' | 'rgs_reset' | 'rgs_step' | 'rgs_simulate';

type RawExports = Readonly<Record<RawCall | 'rgs_in' | 'rgs_out', (length: number) => number>> & {
  readonly memory: WebAssembly.Memory;
};

/** A step has this input and this answer, as docs/engines.md lays them out. */
export interface StepInput {
  readonly seed: Uint8Array;
  readonly stepIndex: bigint;
  readonly state: Uint8Array;
  readonly action: number;
}

export interface StepAnswer {
  readonly state: Uint8Array;
  readonly payoutMillionths: bigint;
  readonly bonusActive: boolean;
  readonly flags: number;
  readonly view: string;
}

const HEADER_BYTES = 44;

/** This is an engine without the host in between. It gives exactly the bytes and numbers of the wire contract. */
export class RawEngine {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly #calls: RawExports;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module).exports;
    this.#calls = this.exports as unknown as RawExports;
  }

  get memory(): Uint8Array {
    return new Uint8Array(this.#calls.memory.buffer);
  }

  /** Puts bytes at `rgs_in` and calls with a length, which is theirs by default. @returns the engine's answer */
  call(name: RawCall, input: Uint8Array = new Uint8Array(), length: number = input.length): number {
    this.memory.set(input, this.#calls.rgs_in(0));
    return this.#calls[name](length);
  }

  /** Copies the first bytes at `rgs_out`. */
  output(length: number): Uint8Array {
    const at = this.#calls.rgs_out(0);
    return this.memory.slice(at, at + length);
  }

  /** The bytes of the answer, or the negative number of a refusal. */
  ask(name: RawCall, input: Uint8Array): Uint8Array | number {
    const length = this.call(name, input);
    return length < 0 ? length : this.output(length);
  }

  capabilities(): EngineCapabilities {
    return parseCapabilities(Buffer.from(this.output(this.call('rgs_capabilities'))).toString());
  }

  reset(): StepAnswer {
    const answer = this.ask('rgs_reset', new Uint8Array(HEADER_BYTES));
    if (typeof answer === 'number') throw new Error(`The engine refuses a reset with ${answer}`);
    return readAnswer(answer);
  }

  /** Overwrites both buffers, so that nothing of an earlier call is left there. */
  soil(byte: number): void {
    for (const at of [this.#calls.rgs_in(0), this.#calls.rgs_out(0)]) this.memory.fill(byte, at, at + 65_536);
  }
}

export async function compileRaw(path: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(new Uint8Array(await readFile(path)));
}

export function stepBytes({ seed, stepIndex, state, action }: StepInput): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + state.length + 1);
  bytes.set(seed);
  bytes.writeBigUInt64LE(stepIndex, 32);
  bytes.writeUInt32LE(state.length, 40);
  bytes.set(state, HEADER_BYTES);
  bytes[HEADER_BYTES + state.length] = action;
  return bytes;
}

export function readAnswer(answer: Uint8Array): StepAnswer {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
  const payoutAt = 4 + bytes.readUInt32LE(0);
  const flags = bytes.readUInt32LE(payoutAt + 8);
  return {
    state: Uint8Array.from(bytes.subarray(4, payoutAt)),
    payoutMillionths: bytes.readBigInt64LE(payoutAt),
    bonusActive: (flags & 1) !== 0,
    flags,
    view: bytes.toString('utf8', payoutAt + 12),
  };
}
