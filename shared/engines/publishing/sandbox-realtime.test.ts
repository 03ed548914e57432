import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCharacter } from '../../foundation/any-character.fixture.ts';
import { readJson } from '../../foundation/json-text.ts';
import { codeOf } from '../host/hostile-engine.fixture.ts';
import {
  ENDLESS,
  loadRealtimeParts,
  type RealtimeParts,
  SEED,
  shown,
  STATE_AT,
} from '../host/hostile-realtime.fixture.ts';
import type { RealtimeTable } from '../host/realtime-table.ts';

const DIRECT = '(func $direct (param i32) (result i32) (i32.add (call $direct (local.get 0)) (i32.const 1)))';
const GROWS = '(drop (memory.grow (i32.const 1021)))';
const GROWS_ON = '(loop $again (drop (memory.grow (i32.const 1))) (br $again))';
const RECURS = '(drop (call $direct (i32.const 0)))';
/** It is true where the seed begins with 1, which stands for an attack on a table. */
const ATTACKED = '(i32.eq (i32.load8_u (i32.const 131000)) (i32.const 1))';
const KEEPS_SEED = '(i32.store8 (i32.const 131000) (i32.load8_u (local.get 0)))';
const ATTACKING_SEED = Uint8Array.from(SEED);
const WELL_SEED = SEED.map((byte) => byte + 1);

const tick = (attack: string): Partial<RealtimeParts> => ({ tick: `(if ${ATTACKED} (then ${attack}))` });
const onInput = (attack: string): Partial<RealtimeParts> => ({ input: `(if ${ATTACKED} (then ${attack}))` });
const init = (attack: string): Partial<RealtimeParts> => ({
  init: `${KEEPS_SEED} (if ${ATTACKED} (then ${attack})) (i32.const 0)`,
});
/** The engine answers another address. */
const stateAt = (at: number): Partial<RealtimeParts> => ({
  state: `(if (result i32) ${ATTACKED} (then (i32.const ${at})) (else (i32.const ${STATE_AT})))`,
});
/** The engine writes another length. */
const stateOf = (length: number): Partial<RealtimeParts> => ({
  state: `(if ${ATTACKED} (then (i32.store (i32.const ${STATE_AT}) (i32.const ${length})))) (i32.const ${STATE_AT})`,
});
const stateThat = (attack: string): Partial<RealtimeParts> => ({
  state: `(if ${ATTACKED} (then ${attack})) (i32.const ${STATE_AT})`,
});

const ticks = (table: RealtimeTable) => table.tick(10);
const gives = (table: RealtimeTable) => table.input('player', Uint8Array.of(1));
const shows = (table: RealtimeTable) => table.state();

describe('A realtime engine', () => {
  it.each<[string, string, Partial<RealtimeParts>, (table: RealtimeTable) => unknown]>([
    ['never ends a tick', 'OUT_OF_FUEL', tick(ENDLESS), ticks],
    ['never ends an input', 'OUT_OF_FUEL', onInput(ENDLESS), gives],
    ['never ends its state', 'OUT_OF_FUEL', stateThat(ENDLESS), shows],
    ['asks for too much memory in a tick', 'OUT_OF_MEMORY', tick(GROWS), ticks],
    ['asks for too much memory at an input', 'OUT_OF_MEMORY', onInput(GROWS), gives],
    ['asks for a page again and again', 'OUT_OF_MEMORY', tick(GROWS_ON), ticks],
    ['calls itself without end in a tick', 'ENGINE_TRAP', { ...tick(RECURS), head: DIRECT }, ticks],
    ['calls itself without end at an input', 'ENGINE_TRAP', { ...onInput(RECURS), head: DIRECT }, gives],
    ['traps in a tick', 'ENGINE_TRAP', tick('unreachable'), ticks],
    ['reads behind its memory', 'ENGINE_TRAP', onInput('(drop (i32.load (i32.const -4)))'), gives],
    ['answers a state behind its memory', 'BAD_OUTPUT', stateAt(4 * 65_536 - 3), shows],
    ['answers a state at a negative address', 'BAD_OUTPUT', stateAt(-4), shows],
    ['answers a state at the lowest address', 'BAD_OUTPUT', stateAt(-(2 ** 31)), shows],
    ['answers a state that ends behind its memory', 'BAD_OUTPUT', stateAt(4 * 65_536 - 4), shows],
    ['answers a state longer than its buffer', 'BAD_OUTPUT', stateOf(65_533), shows],
    ['answers a state of the largest length', 'BAD_OUTPUT', stateOf(2 ** 31 - 1), shows],
    ['answers an error in place of a state', 'BAD_OUTPUT', stateOf(-4), shows],
    ['answers an empty state', 'BAD_OUTPUT', stateOf(0), shows],
    ['answers a state that is cut', 'BAD_OUTPUT', stateOf(5), shows],
  ])(
    'A realtime engine that %s is stopped with %s; its table is over, and others are well',
    async (_, code, parts, act) => {
      const memory = '(memory (export "memory") 4 1024)';
      // A length stands at the very end of the memory, where not all of its bytes are there.
      const last = `(data (i32.const ${4 * 65_536 - 4}) "\\01\\00\\00\\00")`;
      const head = `${last} ${parts.head ?? ''}`;
      const begins = { init: `${KEEPS_SEED} (i32.const 0)` };
      const engine = await loadRealtimeParts({ ...begins, ...parts, memory, head });
      const well = engine.open(WELL_SEED);
      const table = engine.open(ATTACKING_SEED);
      expect(await codeOf(() => act(table))).toBe(code);
      expect(table.failure?.code).toBe(code);
      for (const call of [ticks, gives, shows]) {
        expect(await codeOf(() => call(table))).toBe(code);
        expect(() => call(table)).toThrow(`The table ended when its engine failed with ${code}`);
      }
      for (const other of [well, engine.open(WELL_SEED)]) {
        other.tick(10);
        gives(other);
        expect(other.state()).toBe('{"ticks":0}');
      }
    },
  );

  it.each<[string, string, Partial<RealtimeParts>]>([
    ['never ends', 'OUT_OF_FUEL', init(ENDLESS)],
    ['asks for too much memory', 'OUT_OF_MEMORY', init(GROWS)],
    ['calls itself without end', 'ENGINE_TRAP', { ...init(RECURS), head: DIRECT }],
    ['traps', 'ENGINE_TRAP', init('unreachable')],
    ['refuses', 'ENGINE_REJECTED', init('(return (i32.const -100))')],
    ['answers a number that means nothing', 'BAD_OUTPUT', init('(return (i32.const 1))')],
  ])(
    'A realtime engine that %s when its game begins is stopped with %s, and the next game is well',
    async (_, code, parts) => {
      const engine = await loadRealtimeParts(parts);
      expect(await codeOf(() => engine.open(ATTACKING_SEED))).toBe(code);
      const well = engine.open(WELL_SEED);
      well.tick(10);
      expect(well.state()).toBe('{"ticks":0}');
    },
  );

  it.each<[string, string, Partial<RealtimeParts>]>([
    ['never ends when it starts', 'OUT_OF_FUEL', { head: `(start $s) (func $s ${ENDLESS})` }],
    ['traps when it starts', 'ENGINE_TRAP', { head: '(start $s) (func $s unreachable)' }],
    ['never describes itself', 'OUT_OF_FUEL', { capabilitiesBody: `${ENDLESS} unreachable` }],
    ['describes itself behind its buffer', 'BAD_OUTPUT', { capabilitiesBody: '(i32.const 65537)' }],
    ['refuses to describe itself', 'BAD_OUTPUT', { capabilitiesBody: '(i32.const -1)' }],
  ])('A realtime engine that %s is refused at its loading: %s', async (_, code, parts) => {
    expect(await codeOf(() => loadRealtimeParts(parts))).toBe(code);
  });

  it.each<[string, Uint8Array]>([
    ['is not JSON', shown('{')],
    ['is not UTF-8', shown(Uint8Array.of(0x22, 0xff, 0x22))],
    ['names something twice', shown('{"a":1,"a":2}')],
  ])('A table ends with BAD_OUTPUT where its state %s', async (_, bytes) => {
    const engine = await loadRealtimeParts({ shown: bytes });
    expect(await codeOf(() => engine.open(SEED).state())).toBe('BAD_OUTPUT');
  });

  it("A table's state is read as it is written, or the table ends, whatever bytes the state has", async () => {
    const copies = `(memory.copy (i32.const ${STATE_AT}) (local.get 2) (local.get 3))`;
    const engine = await loadRealtimeParts({ input: copies });
    const texts = fc.oneof(fc.json(), fc.string({ unit: anyCharacter })).map((text) => Buffer.from(text));
    const bytes = fc.oneof(texts, fc.uint8Array({ maxLength: 100 }).map(Buffer.from));
    const lengthErrors = fc.constantFrom(0, 0, 0, 65_533, -1_000, 2 ** 31 - 1, -(2 ** 31));
    await fc.assert(
      fc.asyncProperty(bytes, lengthErrors, async (written, error) => {
        const table = engine.open(SEED);
        table.input('player', shown(written, (written.length + error) | 0));
        const code = await codeOf(() => {
          expect(Buffer.from(table.state())).toEqual(written);
        });
        expect(code).toBe(error === 0 && isJson(written) ? 'none' : 'BAD_OUTPUT');
      }),
      { numRuns: 500 },
    );
  });

  it('A table ends with TIMEOUT where a call came back too late, and the next table is well', async () => {
    const slow = `
      (local $n i64)
      (loop $again
        (local.set $n (i64.add (local.get $n) (i64.const 1)))
        (br_if $again (i64.lt_u (local.get $n) (i64.const 200000000))))`;
    const parts = { input: slow };
    const engine = await loadRealtimeParts(parts, { limits: { fuel: 2n ** 62n, timeoutMs: 50 } });
    const table = engine.open(SEED);
    expect(await codeOf(() => gives(table))).toBe('TIMEOUT');
    expect(await codeOf(() => shows(table))).toBe('TIMEOUT');
    expect(engine.open(SEED).state()).toBe('{"ticks":0}');
  });
});

function isJson(bytes: Uint8Array): boolean {
  try {
    readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
