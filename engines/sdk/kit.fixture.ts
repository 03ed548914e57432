import { readFile } from 'node:fs/promises';
import { buildModule } from '../build.ts';

interface ProbeExports {
  readonly memory: WebAssembly.Memory;
  input_at(): number;
  output_at(): number;
  start_step(nonce: bigint): void;
  choose(count: number, draws: number): void;
  draw(count: number, drawn: number): void;
  evaluate_ways(symbols: number, reels: number, rows: number, wild: number): void;
  evaluate_lines(lines: number, symbols: number, reels: number, rows: number, wild: number): void;
  payout_plus(payout: bigint, other: bigint): bigint;
  payout_times(payout: bigint, factor: number): bigint;
  payout_share(payout: bigint, numerator: number, denominator: number): bigint;
  write_json(number: bigint, units: number): number;
}

/**
 * The parts that games are built from, compiled as games compile them. Each use has a fresh instance, because memory is
 * never freed.
 */
export interface KitProbe extends Omit<ProbeExports, 'memory' | 'input_at' | 'output_at'> {
  seed(key: Uint8Array, nonce: bigint): void;
  /** Puts bytes where the next call reads its input. */
  give(bytes: Uint8Array): void;
  readonly output: DataView;
}

export async function compileKitProbe(): Promise<() => KitProbe> {
  const { path } = await buildModule('sdk.kit-probe', ['engines/sdk/assembly/kit-probe.ts']);
  const module = await WebAssembly.compile(new Uint8Array(await readFile(path)));
  return () => probe(new WebAssembly.Instance(module).exports as unknown as ProbeExports);
}

function probe(exports: ProbeExports): KitProbe {
  const inputAt = exports.input_at();
  return {
    ...exports,
    seed: (key, nonce) => {
      new Uint8Array(exports.memory.buffer).set(key, inputAt);
      exports.start_step(nonce);
    },
    give: (bytes) => new Uint8Array(exports.memory.buffer).set(bytes, inputAt + 32),
    get output() {
      return new DataView(exports.memory.buffer, exports.output_at());
    },
  };
}

export function wordsAsBytes(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

export function readWords(output: DataView, count: number, at = 0): number[] {
  return Array.from({ length: count }, (_, word) => output.getUint32(at + word * 4, true));
}
