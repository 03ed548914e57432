import { describe, expect, it } from 'vitest';
import {
  assembleOriginal,
  codeOf,
  type EngineParts,
  hashOf,
  loadPublished,
} from '../host/hostile-engine.fixture.ts';
import { contracts, injectedFunctions } from '../host/interface.ts';
import { memoryLimitsOf } from '../host/module-sections.ts';
import { instrument } from './instrument.ts';

const memoryOf = (limits: string) => ({ memory: `(memory (export "memory") ${limits})` });

function exportsOf(bytes: Uint8Array): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(bytes))).map(({ name }) => name);
}

/** Replaces the first run of `from` in the module by as many other bytes. */
function patched(parts: Partial<EngineParts>, from: readonly number[], to: readonly number[]): Uint8Array {
  const bytes = Buffer.from(assembleOriginal(parts));
  const at = bytes.indexOf(Uint8Array.from(from));
  expect(at).toBeGreaterThan(0);
  bytes.set(to, at);
  return bytes;
}

describe('An instrumented engine', () => {
  it('An instrumented engine is the same, byte for byte, each time', () => {
    const original = assembleOriginal();
    const other = assembleOriginal({ abi: '(i32.const 2)' });
    const first = hashOf(instrument(original));
    instrument(other);
    expect(hashOf(instrument(original))).toBe(first);
    expect(hashOf(instrument(other))).not.toBe(first);
  });

  it('An instrumented engine exports the contract and what the host needs, and nothing else', () => {
    const constants =
      '(global (export "__heap_base") i32 (i32.const 7)) (global (export "x") f64 (f64.const 1))';
    expect(exportsOf(instrument(assembleOriginal({ head: constants }))).sort()).toEqual(
      ['memory', ...Object.keys(contracts.wire), ...injectedFunctions].sort(),
    );
  });

  it.each([
    ['4', 1024],
    ['4 2048', 1024],
    ['4 65536', 1024],
    ['4 1024', 1024],
    ['4 8', 8],
    ['1024 1024', 1024],
  ])('An instrumented engine may have a memory (%s) of %i pages', (limits, maximum) => {
    const [initial = ''] = limits.split(' ');
    const bytes = instrument(assembleOriginal(memoryOf(limits)));
    expect(memoryLimitsOf(bytes)).toEqual({ initial: Number(initial), maximum });
  });

  it('An instrumented engine holds no names of its sources', () => {
    const [name, url] = [Buffer.from('sourceMappingURL'), Buffer.from('/home/author/secret.map')];
    const section = Buffer.concat([Uint8Array.of(0, name.length + url.length + 1, name.length), name, url]);
    const bytes = Buffer.from(instrument(Buffer.concat([assembleOriginal(), section])));
    expect(bytes.includes('/home/author')).toBe(false);
  });

  it('An engine may return several values from its own functions, and use SIMD, bulk memory and tables', async () => {
    const engine = await loadPublished({
      head: `
        (type $pair (func (param i32) (result i32 i64)))
        (table 1 funcref) (elem (i32.const 0) $again)
        (func $again (type $pair)
          (if (result i32 i64) (local.get 0)
            (then (call_indirect (type $pair) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
            (else (i32.const 5) (i64.const 6))))
        (func $lanes (result i32) (i32x4.extract_lane 2 (i32x4.splat (i32.const 7))))`,
      stepBody: `
        (local i64)
        (call $again (i32.const 20)) (local.set 1) (drop)
        (drop (call $lanes))
        (memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71))
        (i64.store (i32.const 65540) (local.get 1)) (i32.const 71)`,
    });
    const input = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };
    expect(engine.step(input).payoutMillionths).toBe(6n);
  });
});

describe('Instrumenting', () => {
  it.each<[string, Partial<EngineParts>]>([
    ['imports a function', { head: '(import "env" "clock" (func (result i64)))' }],
    ['imports a global', { head: '(import "env" "balance" (global i64))' }],
    ['imports a table', { head: '(import "env" "table" (table 1 funcref))' }],
    [
      'imports its memory',
      { memory: '(import "env" "memory" (memory 4 1024)) (export "memory" (memory 0))' },
    ],
    ['does not export its memory', { memory: '(memory 4 1024)' }],
    ['exports something else as its memory', { memory: '(memory 4 1024) (func (export "memory"))' }],
    ['begins with more than 64 MiB', memoryOf('1025')],
    ['shares its memory', memoryOf('4 1024 shared')],
    ['has a 64-bit memory', { memory: '(memory (export "memory") i64 4 1024)' }],
    ['has a second memory', { memory: '(memory (export "memory") 4 1024) (memory $other 1 1024)' }],
    ['exports a function of its own', { head: '(func (export "rgs_backdoor"))' }],
    ['exports a variable', { head: '(global (export "x") (mut i32) (i32.const 0))' }],
    ['exports a table', { head: '(table (export "t") 1 funcref)' }],
    ['names the fuel', { head: '(func (export "rgs_fuel_set") (param i64))' }],
    ['tells its own fuel', { head: '(func (export "rgs_fuel_left") (result i64) (i64.const 1))' }],
    ['names its own start', { head: '(func (export "rgs_start"))' }],
    ['names the fuel by a constant', { head: '(global (export "rgs_fuel_left") i64 (i64.const 1))' }],
    ['answers a step with 64 bits', { stepResult: 'i64', stepBody: '(i64.const 1)' }],
    ['answers a step with a float', { stepResult: 'f64', stepBody: '(f64.const 1)' }],
    ['uses atomics', { stepBody: '(i32.atomic.load (i32.const 0))' }],
    ['waits for another thread', { stepBody: '(atomic.fence) (i32.const 1)' }],
    [
      'calls in its place',
      { head: '(func $one (result i32) (i32.const 1))', stepBody: '(return_call $one)' },
    ],
    ['throws', { head: '(tag $t)', stepBody: '(throw $t)' }],
    [
      'holds a reference',
      { head: '(func $f) (elem declare func $f)', stepBody: '(drop (ref.func $f)) (i32.const 1)' },
    ],
    ['has an external reference', { head: '(global $g externref (ref.null extern))' }],
    [
      'grows a table',
      { head: '(table $t 1 funcref)', stepBody: '(table.grow $t (ref.null func) (i32.const 9))' },
    ],
    [
      'changes a table',
      {
        head: '(table $t 1 funcref)',
        stepBody: '(table.set $t (i32.const 0) (ref.null func)) (i32.const 1)',
      },
    ],
    ['collects garbage', { stepBody: '(i31.get_s (ref.i31 (i32.const 1)))' }],
    [
      'computes as each machine likes',
      {
        stepBody: `(i32x4.extract_lane 0 (f32x4.relaxed_madd (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0)))`,
      },
    ],
    [
      'needs more of the stack than there is',
      { head: `(func $wide ${'(local v128)'.repeat(20_000)})`, stepBody: '(call $wide) (i32.const 1)' },
    ],
  ])('Instrumenting refuses a module that %s', async (_, parts) => {
    expect(await codeOf(() => instrument(assembleOriginal(parts)))).toBe('UNSUPPORTED_ABI');
  });

  it.each([
    ['bytes that are no module', Buffer.from('not wasm')],
    ['no bytes', new Uint8Array()],
    ['an empty module', Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
    ['a module that is cut off', assembleOriginal().slice(0, 100)],
    ['a module of more than 4 MiB', new Uint8Array(4 * 1024 * 1024 + 1)],
  ])('Instrumenting refuses %s', async (_, bytes) => {
    expect(await codeOf(() => instrument(bytes))).toBe('UNSUPPORTED_ABI');
  });

  it('Instrumenting refuses a module that writes to a missing global, where the fuel would come to lie', async () => {
    const parts = {
      head: '(global $own (mut i64) (i64.const 0))',
      stepBody: '(global.set $own (i64.const 7)) (i32.const -1)',
    };
    const [ownGlobal, nextGlobal] = [
      [0x42, 7, 0x24, 0],
      [0x42, 7, 0x24, 1],
    ];
    expect(await codeOf(() => instrument(assembleOriginal(parts)))).toBe('none');
    expect(await codeOf(() => instrument(patched(parts, ownGlobal, nextGlobal)))).toBe('UNSUPPORTED_ABI');
  });

  it('Instrumenting ends for a function that is nested as deep as its size allows', async () => {
    const nops = Array.from({ length: 150_000 }, () => 1);
    const blocks = [
      ...Array.from({ length: 100_000 }, (_, index) => (index % 2 === 0 ? 0x02 : 0x40)),
      ...Array.from({ length: 50_000 }, () => 0x0b),
    ];
    const bytes = patched({ head: `(func ${'nop '.repeat(150_000)})` }, nops, blocks);
    expect(['none', 'UNSUPPORTED_ABI']).toContain(await codeOf(() => instrument(bytes)));
  });
});
