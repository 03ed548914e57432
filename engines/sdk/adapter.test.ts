import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WireInstance } from '../../shared/engines/host/wire-instance.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { loadBuiltEngine } from '../built-engine.ts';

type Call = Parameters<WireInstance['call']>[0];

const HEADER_BYTES = 44;
const CAPACITY = 65_536;

let engine: LoadedEngine;
beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
});

describe("the kit's adapter", () => {
  it.each<[string, Call, Uint8Array, string]>([
    ['an input without a header', 'rgs_step', new Uint8Array(43), '-1'],
    ['no input', 'rgs_step', new Uint8Array(), '-1'],
    ['a state longer than the input', 'rgs_step', input({ following: 7, rest: 6 }), '-1'],
    ['a state of 4 GiB', 'rgs_step', input({ following: 0xffff_ffff, rest: 6 }), '-1'],
    ['a step without an action', 'rgs_step', input({ following: 6, rest: 6 }), '-2'],
    ['an action of two bytes', 'rgs_step', input({ following: 6, rest: 8 }), '-2'],
    ['a configuration that the game does not have', 'rgs_reset', input({ following: 1, rest: 1 }), '-1'],
    ['bytes after the configuration', 'rgs_reset', input({ following: 0, rest: 1 }), '-1'],
    ['a simulation with bytes too many', 'rgs_simulate', new Uint8Array(46), '-1'],
    ['a simulation of a mode that is not', 'rgs_simulate', new Uint8Array(45).fill(1, 44), '-1'],
  ])('refuses %s', (_, call, bytes, code) => {
    expect(answerTo(call, bytes)).toContain(`with ${code}`);
  });

  it.each([-1, -(2 ** 31), CAPACITY + 1, 2 ** 31 - 1])('refuses an input length of %i', (length) => {
    for (const call of ['rgs_step', 'rgs_reset', 'rgs_simulate'] as const) {
      expect(() => engine.withInstance((instance) => instance.call(call, length))).toThrow('with -1');
    }
  });

  it('answers or refuses any bytes, and never traps', () => {
    const calls = fc.constantFrom<Call>('rgs_step', 'rgs_reset');
    const shaped = fc
      .tuple(fc.nat(300), fc.uint8Array({ maxLength: 300 }))
      .map(([following, rest]) => Buffer.concat([input({ following, rest: 0 }), rest]));
    fc.assert(
      fc.property(calls, fc.oneof(fc.uint8Array({ maxLength: 200 }), shaped), (call, bytes) => {
        expect(answerTo(call, bytes)).toMatch(/^answered|with -[123]$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

function input({ following, rest }: { following: number; rest: number }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + rest);
  bytes.writeUInt32LE(following, 40);
  return bytes;
}

function answerTo(call: Call, bytes: Uint8Array): string {
  try {
    return engine.withInstance((instance) => {
      instance.input.set(bytes);
      return `answered ${instance.call(call, bytes.length)}`;
    });
  } catch (error) {
    return (error as Error).message;
  }
}
