import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkRealtimeConformance } from '../shared/engines/publishing/conformance-realtime.ts';
import type { RealtimeCall } from '../shared/engines/publishing/realtime-script.ts';
import type { RealtimeEngine } from '../shared/engines/host/realtime-engine.ts';
import { buildModule, buildRealtime, gamesWithoutGolden, goldenPath, realtimeNames } from './build.ts';
import { loadBuiltRealtime } from './built-engine.ts';
import { compileRaw } from './raw-engine.ts';
import { makeCall, REALTIME_SEED, realtimeGoldenOf, scriptedCall } from './realtime-golden.ts';

interface RawExports {
  readonly memory: WebAssembly.Memory;
  rgs_in(): number;
  init(at: number, length: number): number;
  tick(dtMs: number): void;
  on_input(playerAt: number, playerLength: number, inputAt: number, inputLength: number): void;
  serialize_state(): number;
  next_allocation(): number;
}

async function instantiate(path: string): Promise<RawExports> {
  return new WebAssembly.Instance(await compileRaw(path)).exports as unknown as RawExports;
}

const names = realtimeNames();

it('every realtime game of this folder has a golden playthrough', () => {
  expect(names.length).toBeGreaterThan(0);
  expect(gamesWithoutGolden(names)).toEqual([]);
});

describe.each(names)('%s', (name) => {
  let engine: RealtimeEngine;
  let path: string;
  beforeAll(async () => {
    ({ path } = await buildRealtime(name));
    engine = await loadBuiltRealtime(name);
  });
  const start = () => engine.open(REALTIME_SEED);

  it('plays its golden playthrough, byte for byte', async () => {
    expect(realtimeGoldenOf(start())).toEqual(JSON.parse(await readFile(goldenPath(name), 'utf8')));
  });

  it('has the name of its folder', () => {
    expect(engine.capabilities.engineId).toBe(name);
  });

  it('passes the conformance test of publishing', () => {
    expect(checkRealtimeConformance(engine).calls).toBeGreaterThan(500);
  });

  it('shows the same state after the same time, however the time is cut into ticks', () => {
    const call = fc.nat(5_000).map(scriptedCall);
    const cuts = fc.array(fc.integer({ min: 1, max: 4_096 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 80 }), cuts, (calls, lengths) => {
        const whole = start();
        const cut = start();
        for (const each of calls) {
          makeCall(whole, each);
          for (const part of cutUp(each, lengths)) makeCall(cut, part);
        }
        expect(cut.state()).toBe(whole.state());
      }),
      { numRuns: 40 },
    );
  });

  it('ignores input of any bytes that it does not allow, and never traps', () => {
    const table = start();
    const anything = fc.tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 10_000 }), ([player, input], tickMs) => {
        table.input(player, input);
        table.tick(tickMs);
        expect(JSON.parse(table.state())).toBeTypeOf('object');
      }),
      { numRuns: 500 },
    );
  });

  it('refuses or ignores addresses outside of its memory, and times that are not valid', async () => {
    const raw = await instantiate(path);
    const addresses = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 2 ** 31 - 1, -(2 ** 31)));
    const pages = raw.memory.buffer.byteLength;
    fc.assert(
      fc.property(addresses, addresses, (at, length) => {
        const inside = at >>> 0 <= pages && (at >>> 0) + (length >>> 0) <= pages;
        if (!inside) expect(raw.init(at, length)).toBe(-1);
        raw.on_input(at, length, at, length);
        raw.on_input(raw.rgs_in(), 1, at, length);
      }),
      { numRuns: 500 },
    );
    expect(raw.init(raw.rgs_in(), 31)).toBe(-1);
    expect(raw.init(raw.rgs_in(), 32)).toBe(0);
    const shown = () => Buffer.from(raw.memory.buffer, raw.serialize_state(), 300).toString('hex');
    const before = shown();
    for (const time of [Number.NaN, -1, 0, Number.NEGATIVE_INFINITY]) raw.tick(time);
    expect(shown()).toBe(before);
    raw.tick(Number.POSITIVE_INFINITY);
  });

  it('allocates nothing however long it goes on', async () => {
    const entries = [`engines/${name}/assembly/realtime.ts`, 'engines/sdk/assembly/allocation-probe.ts'];
    const raw = await instantiate((await buildModule(`${name}.allocations`, entries)).path);
    raw.init(raw.rgs_in(), 32);
    raw.serialize_state();
    const step = -(raw.next_allocation() - raw.next_allocation());
    const before = raw.next_allocation();
    for (let number = 0; number < 5_000; number++) {
      const call = scriptedCall(number);
      if ('tickMs' in call) raw.tick(call.tickMs);
      else {
        const bytes = Buffer.concat([Buffer.from(call.player), call.input]);
        new Uint8Array(raw.memory.buffer).set(bytes, raw.rgs_in());
        const length = bytes.length - call.input.length;
        raw.on_input(raw.rgs_in(), length, raw.rgs_in() + length, call.input.length);
      }
      raw.serialize_state();
    }
    expect(step).toBeGreaterThan(0);
    expect(raw.next_allocation()).toBe(before + step);
  });
});

/** Cuts a tick into several, each in whole 1,024ths of a millisecond. */
function cutUp(call: RealtimeCall, lengths: readonly number[]): RealtimeCall[] {
  if (!('tickMs' in call)) return [call];
  const parts: RealtimeCall[] = [];
  let left = call.tickMs * 1_024;
  for (let index = 0; left > 0; index++) {
    // A long tick becomes no more than some dozen pieces.
    const part = Math.min(
      left,
      Math.max(lengths[index % lengths.length] ?? 1, Math.floor((call.tickMs * 1_024) / 32)),
    );
    parts.push({ tickMs: part / 1_024 });
    left -= part;
  }
  return parts;
}
