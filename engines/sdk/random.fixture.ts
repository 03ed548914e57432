import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCipheriv } from 'node:crypto';
import { compileEngine } from '../compile.ts';

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
  const folder = await mkdtemp(join(tmpdir(), 'random-probe-'));
  try {
    const file = join(folder, 'probe.wasm');
    await compileEngine('engines/sdk/assembly/random-probe.ts', file);
    const module = await WebAssembly.compile(new Uint8Array(await readFile(file)));
    return probe(new WebAssembly.Instance(module).exports as unknown as ProbeExports);
  } finally {
    await rm(folder, { recursive: true });
  }
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
