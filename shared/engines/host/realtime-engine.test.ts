import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineTelemetry } from '../../foundation/telemetry.ts';
import { assembleOriginal, codeOf, hashOf } from './hostile-engine.fixture.ts';
import {
  assembleRealtime,
  loadRealtimeParts,
  openTable,
  REALTIME_CAPABILITIES,
  type RealtimeParts,
  SEED,
  shown,
  STATE_AT,
} from './hostile-realtime.fixture.ts';
import { instrument } from '../publishing/instrument.ts';
import { loadRealtime } from './realtime-engine.ts';

/** The engine appends the milliseconds that each tick brought, as a digit. */
const WRITES_TICKS: Partial<RealtimeParts> = {
  shown: shown('""'.padEnd(40)),
  head: `(global $at (mut i32) (i32.const ${STATE_AT + 5}))`,
  tick: `
    (i32.store8 (global.get $at) (i32.add (i32.const 48) (i32.trunc_f32_s (local.get 0))))
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (i32.store8 (global.get $at) (i32.const 34))`,
};

describe('A table of a realtime engine', () => {
  it('A table shows the state as the engine wrote it', async () => {
    expect((await openTable()).state()).toBe('{"ticks":0}');
  });

  it('A table receives the seed and the configuration at once, in one piece', async () => {
    const echo = `(i32.store (i32.const ${STATE_AT}) (i32.const 12))
      (memory.copy (i32.const ${STATE_AT + 4}) (i32.add (local.get 0) (i32.const 32)) (i32.const 12))
      (i32.sub (local.get 1) (i32.const 44))`;
    const engine = await loadRealtimeParts({ init: echo });
    expect(engine.open(SEED, Buffer.from('{"speed":12}')).state()).toBe('{"speed":12}');
  });

  it("A table receives a player's id and input side by side", async () => {
    const echo = `(memory.copy (i32.const ${STATE_AT + 5}) (local.get 0) (local.get 1))
      (memory.copy (i32.const ${STATE_AT + 9}) (local.get 2) (local.get 3))`;
    const table = await openTable({ input: echo, shown: shown('"idid....."') });
    table.input('abcd', Buffer.from('12345'));
    expect(table.state()).toBe('"abcd12345"');
  });

  it('A table receives any time in whole 1,024ths of a millisecond, all of which fit a 32-bit float', async () => {
    const table = await openTable();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 * 1_024 }), (parts) => {
        expect(() => table.tick(parts / 1_024)).not.toThrow();
      }),
    );
  });

  it('A table receives time in ticks none of which is longer than the engine declares', async () => {
    const capabilities = JSON.stringify({ ...REALTIME_CAPABILITIES, step_ms: 2, max_tick_ms: 4 });
    const table = await openTable({ ...WRITES_TICKS, capabilities });
    table.tick(4);
    table.tick(3);
    table.tick(4.5);
    table.tick(10);
    expect(JSON.parse(table.state())).toBe('4340442');
  });

  it('A table knows nothing of another table of the same engine', async () => {
    const engine = await loadRealtimeParts(WRITES_TICKS);
    const [one, other] = [engine.open(SEED), engine.open(SEED)];
    one.tick(7);
    other.tick(5);
    expect([JSON.parse(one.state()), JSON.parse(other.state())]).toEqual(['7', '5']);
  });

  it('A table is still read correctly after its memory grew', async () => {
    const grows = `(drop (memory.grow (i32.const 5)))
      (i32.store8 (i32.const ${STATE_AT + 4}) (i32.load8_u (local.get 0)))`;
    const table = await openTable({ input: grows, shown: shown('0') });
    table.input('1', new Uint8Array());
    table.input('2', new Uint8Array());
    expect(table.state()).toBe('2');
  });
});

describe('A module that is no realtime engine', () => {
  it.each<[string, Partial<RealtimeParts>]>([
    ['imports a function', { head: '(import "env" "clock" (func))' }],
    ['has too much memory', { memory: '(memory (export "memory") 1025 1025)' }],
    ['does not show its memory', { memory: '(memory 4 1024)' }],
    ['speaks another version', { abi: '(i32.const 2)' }],
    ['has other buffers', { cap: '(i32.const 1024)' }],
    ['has its buffer outside of its memory', { inAt: '(i32.const 196609)' }],
    ['has buffers that overlap', { outAt: '(i32.const 65535)' }],
    ['exports more than the contract', { exported: '(func (export "rgs_step"))' }],
  ])('A realtime module is refused where it %s', async (_, parts) => {
    expect(await codeOf(() => loadRealtimeParts(parts))).toBe('UNSUPPORTED_ABI');
  });

  it.each([
    ['on_input', '(param i32 i32 i32 i32)', '(param i32 i32 i32)'],
    ['tick', '(param f32)', '(param f64)'],
    ['init', '(param i32 i32) (result i32) (i32.const 0)', '(param i32 i32) (result i64) (i64.const 0)'],
    ['tick', '(param f32) ', '(param f32) (result i32) (i32.const 0)'],
  ])('A realtime module is refused where its %s takes or answers another type', async (name, type, other) => {
    const before = `"${name}") ${type}`;
    const parts = { edit: (text: string) => text.replace(before, `"${name}") ${other}`) };
    expect(assembleRealtime(parts)).not.toEqual(assembleRealtime());
    expect(await codeOf(() => loadRealtimeParts(parts))).toBe('UNSUPPORTED_ABI');
  });

  it('A realtime module is refused where it lacks an export', async () => {
    for (const name of ['rgs_out', 'rgs_capabilities', 'init', 'tick', 'on_input', 'serialize_state']) {
      const wasm = Buffer.from(assembleRealtime());
      // This is another name of the same length.
      wasm.write('_', wasm.indexOf(name), 'latin1');
      expect(await codeOf(() => instrument(wasm))).toBe('UNSUPPORTED_ABI');
    }
  });

  it('A realtime module is refused where it was not instrumented, is of the wire contract, or has another hash', async () => {
    const load = (wasm: Uint8Array, hash = hashOf(wasm)) =>
      codeOf(() => loadRealtime({ fetch: async () => wasm }, hash));
    expect(await load(assembleRealtime())).toBe('UNSUPPORTED_ABI');
    expect(await load(instrument(assembleOriginal()))).toBe('UNSUPPORTED_ABI');
    expect(await load(Buffer.from('no module'))).toBe('UNSUPPORTED_ABI');
    expect(await load(instrument(assembleRealtime()), '0'.repeat(64))).toBe('HASH_MISMATCH');
    expect(await load(instrument(assembleRealtime()))).toBe('none');
  });
});

describe('The host', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 10_000.5, 1 / 2_048, 16.7])(
    'The host refuses to bring a time of %d ms to a realtime engine, and the table goes on',
    async (dtMs) => {
      const table = await openTable({ tick: 'unreachable' });
      expect(await codeOf(() => table.tick(dtMs))).toBe('ENGINE_REJECTED');
      expect(table.failure).toBeUndefined();
    },
  );

  it('The host refuses a player without an id, too much input, and a seed of another length', async () => {
    const engine = await loadRealtimeParts({ input: 'unreachable' });
    const table = engine.open(SEED);
    expect(await codeOf(() => table.input('', new Uint8Array(1)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => table.input('a', new Uint8Array(65_536)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => engine.open(SEED.subarray(1)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => engine.open(SEED, new Uint8Array(65_505)))).toBe('ENGINE_REJECTED');
    expect(table.failure).toBeUndefined();
  });
});

describe('The telemetry of a realtime engine', () => {
  const OF_CALL = ['RealtimeCallMicroseconds', 'RealtimeCallFuel', 'EngineMemoryPages'];

  async function measuring(parts: Partial<RealtimeParts>) {
    const measured: [string, number][] = [];
    const failures: string[] = [];
    const telemetry: EngineTelemetry = {
      measure: (what, value) => void measured.push([what, value]),
      countFailure: (code) => void failures.push(code),
    };
    return { engine: await loadRealtimeParts(parts, { telemetry }), measured, failures };
  }

  it('The telemetry has the time, fuel and memory of each call, and each instance that the host makes', async () => {
    const { engine, measured, failures } = await measuring({});
    const table = engine.open(SEED);
    table.tick(2_500);
    table.input('a', new Uint8Array());
    table.state();
    const ticks = [...OF_CALL, ...OF_CALL, ...OF_CALL];
    expect(measured.map(([what]) => what)).toEqual([
      'EngineInstances',
      'EngineInstances',
      ...ticks,
      ...OF_CALL,
      ...OF_CALL,
    ]);
    const [[, micros] = [], [, fuel] = [], [, pages] = []] = measured.slice(-3);
    expect(micros).toBeGreaterThan(0);
    expect(micros).toBeLessThan(1_000_000);
    expect(fuel).toBeGreaterThan(0);
    expect(pages).toBe(4);
    expect(failures).toEqual([]);
  });

  it('The telemetry has time, fuel and memory also of the call that ends a table, whose failure is counted once', async () => {
    const { engine, measured, failures } = await measuring({
      tick: '(drop (memory.grow (i32.const 5))) unreachable',
    });
    const table = engine.open(SEED);
    measured.length = 0;
    expect(await codeOf(() => table.tick(10))).toBe('ENGINE_TRAP');
    expect(await codeOf(() => table.tick(10))).toBe('ENGINE_TRAP');
    expect(measured.map(([what]) => what)).toEqual(OF_CALL);
    expect(measured.at(-1)?.[1]).toBe(9);
    expect(failures).toEqual(['ENGINE_TRAP']);
  });

  it('The telemetry counts games that did not begin', async () => {
    const { engine, failures } = await measuring({ init: '(i32.const -100)' });
    expect(await codeOf(() => engine.open(SEED))).toBe('ENGINE_REJECTED');
    expect(failures).toEqual(['ENGINE_REJECTED']);
  });
});
