import { createCipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buildModule } from '../build.ts';

/** The kit's random stream, compiled as games compile it. */
export interface RandomProbe {
  block(key: Uint8Array, counter: number, nonce: readonly [number, number, number]): Uint8Array;
  startStep(seed: Uint8Array, nonce: bigint): void;
  next(): number;
  below(bound: number): number;
}

interface ProbeExports {
  readonly memory: WebAssembly.Memory;
  key_at(): number;
  block_at(): number;
  block(counter: number, nonce0: number, nonce1: number, nonce2: number): void;
  start_step(nonce: bigint): void;
  next(): number;
  below(bound: number): number;
}

export async function compileRandomProbe(): Promise<RandomProbe> {
  const { path } = await buildModule('sdk.random-probe', ['engines/sdk/assembly/random-probe.ts']);
  const module = await WebAssembly.compile(new Uint8Array(await readFile(path)));
  return probe(new WebAssembly.Instance(module).exports as unknown as ProbeExports);
}

function probe(exports: ProbeExports): RandomProbe {
  const memory = new Uint8Array(exports.memory.buffer);
  const blockAt = exports.block_at();
  return {
    block: (key, counter, nonce) => {
      memory.set(key, exports.key_at());
      exports.block(counter, ...nonce);
      return memory.slice(blockAt, blockAt + 64);
    },
    startStep: (seed, nonce) => {
      memory.set(seed, exports.key_at());
      exports.start_step(nonce);
    },
    // WebAssembly's i32 reaches JavaScript as a signed number.
    next: () => exports.next() >>> 0,
    below: (bound) => exports.below(bound) >>> 0,
  };
}

/** The key stream as OpenSSL computes it; its IV is the block counter and then the nonce. */
export function opensslKeyStream(key: Uint8Array, counter: number, nonce: Uint8Array, bytes: number): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32LE(counter, 0);
  iv.set(nonce, 4);
  return createCipheriv('chacha20', key, iv).update(Buffer.alloc(bytes));
}

/** The words of a step's stream: block 0 on, under a nonce of four zero bytes and the step index. */
export function keyStreamWords(key: Uint8Array, stepIndex: bigint, count: number): number[] {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(stepIndex, 4);
  const bytes = opensslKeyStream(key, 0, nonce, count * 4);
  return Array.from({ length: count }, (_, word) => bytes.readUInt32LE(word * 4));
}

/** Uniform integers as the wire contract defines them, drawn from OpenSSL's key stream. */
export class ReferenceRandom {
  readonly #words: readonly number[];
  #used = 0;

  constructor(key: Uint8Array, stepIndex: bigint, words = 4_096) {
    this.#words = keyStreamWords(key, stepIndex, words);
  }

  below(bound: number): number {
    const excess = 2n ** 32n % BigInt(bound);
    for (;;) {
      const word = this.#words[this.#used++];
      if (word === undefined) throw new RangeError('The reference stream is used up');
      const product = BigInt(word) * BigInt(bound);
      if ((product & 0xffff_ffffn) >= excess) return Number(product >> 32n);
    }
  }
}
