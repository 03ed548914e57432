import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../engines.ts';
import type { CallLimits } from '../host/engine-instance.ts';
import { codeOf, type EngineParts, loadPublished } from '../host/hostile-engine.fixture.ts';
import { simulate } from '../host/simulation.ts';

const input: EngineInput = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };
const ENDLESS = '(loop $again (br $again)) unreachable';
/** This is so much that only the clock ends a call. */
const unbounded: CallLimits = { fuel: 2n ** 62n, timeoutMs: 50 };

/** The engine does `attack` where the state's first byte is 1, and otherwise answers as it should. */
function attacking(attack: string, head = ''): Partial<EngineParts> {
  return {
    head,
    stepBody: `
      (if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 1)) (then ${attack}))
      (memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71)) (i32.const 71)`,
  };
}

const TABLE = '(table 2 funcref) (elem (i32.const 0) $direct $other)';
const DIRECT = '(func $direct (param i32) (result i32) (i32.add (call $direct (local.get 0)) (i32.const 1)))';
const MUTUAL = `
  (func $other (param i32) (result i32) (i32.add (call $direct (local.get 0)) (i32.const 1)))
  (func $direct (param i32) (result i32) (i32.add (call $other (local.get 0)) (i32.const 1)))`;
const THROUGH_TABLE = `
  (type $f (func (param i32) (result i32))) ${TABLE}
  (func $other (param i32) (result i32) (local.get 0))
  (func $direct (param i32) (result i32)
    (i32.add (call_indirect (type $f) (local.get 0) (i32.const 0)) (i32.const 1)))`;

describe('A harmful step', () => {
  it.each<[string, string, Partial<EngineParts>]>([
    ['never ends', 'OUT_OF_FUEL', attacking(ENDLESS)],
    [
      'never ends in two loops that take turns',
      'OUT_OF_FUEL',
      attacking('(loop $a (loop $b (br_if $a (i32.const 1)) (br $b))) unreachable'),
    ],
    [
      'never ends in an empty function',
      'OUT_OF_FUEL',
      attacking('(loop $again (call $nothing) (br $again)) unreachable', '(func $nothing)'),
    ],
    [
      'fills its memory again and again',
      'OUT_OF_FUEL',
      attacking(`(drop (memory.grow (i32.const 1020)))
        (loop $again (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864)) (br $again)) unreachable`),
    ],
    [
      'copies its memory again and again',
      'OUT_OF_FUEL',
      attacking(
        `(loop $again (memory.copy (i32.const 0) (i32.const 1) (i32.const 262143)) (br $again)) unreachable`,
      ),
    ],
    [
      'fills more than there is',
      'OUT_OF_FUEL',
      attacking('(memory.fill (i32.const 0) (i32.const 1) (i32.const -1))'),
    ],
    ['asks for too much memory', 'OUT_OF_MEMORY', attacking('(drop (memory.grow (i32.const 1021)))')],
    [
      'asks for all memory that there could be',
      'OUT_OF_FUEL',
      attacking('(drop (memory.grow (i32.const -1)))'),
    ],
    [
      'asks for a page again and again',
      'OUT_OF_MEMORY',
      attacking('(loop $again (drop (memory.grow (i32.const 1))) (br $again)) unreachable'),
    ],
    ['calls itself without end', 'ENGINE_TRAP', attacking('(drop (call $direct (i32.const 0)))', DIRECT)],
    [
      'calls itself by another function',
      'ENGINE_TRAP',
      attacking('(drop (call $direct (i32.const 0)))', MUTUAL),
    ],
    [
      'calls itself through a table',
      'ENGINE_TRAP',
      attacking('(drop (call $direct (i32.const 0)))', THROUGH_TABLE),
    ],
    ['reads behind its memory', 'ENGINE_TRAP', attacking('(drop (i32.load (i32.const -4)))')],
    ['writes behind its memory', 'ENGINE_TRAP', attacking('(i32.store (i32.const 67108864) (i32.const 1))')],
    ['divides by zero', 'ENGINE_TRAP', attacking('(drop (i32.div_u (i32.const 1) (i32.const 0)))')],
    ['traps', 'ENGINE_TRAP', attacking('unreachable')],
    ['answers a length behind its buffer', 'BAD_OUTPUT', attacking('(return (i32.const 65537))')],
    ['answers the largest length', 'BAD_OUTPUT', attacking('(return (i32.const 2147483647))')],
    [
      'answers a state behind its buffer',
      'BAD_OUTPUT',
      attacking('(i32.store (i32.const 65536) (i32.const -1)) (return (i32.const 71))'),
    ],
    ['answers the smallest length', 'ENGINE_REJECTED', attacking('(return (i32.const -2147483648))')],
  ])('A step that %s is stopped with %s, and the next step is well', async (_, code, parts) => {
    const engine = await loadPublished(parts);
    const well = engine.step(input);
    expect(await codeOf(() => engine.step({ ...input, state: Uint8Array.of(1) }))).toBe(code);
    expect(engine.step(input)).toEqual(well);
  });
});

describe('A harmful module', () => {
  it.each<[string, string, Partial<EngineParts>]>([
    ['it never ends when it starts', 'OUT_OF_FUEL', { head: `(start $start) (func $start ${ENDLESS})` }],
    ['it traps when it starts', 'ENGINE_TRAP', { head: '(start $start) (func $start unreachable)' }],
    [
      'it calls itself without end when it starts',
      'ENGINE_TRAP',
      { head: `(start $start) (func $start (drop (call $direct (i32.const 0)))) ${DIRECT}` },
    ],
    [
      'it asks for too much memory when it starts',
      'OUT_OF_MEMORY',
      { head: '(start $start) (func $start (drop (memory.grow (i32.const 1021))))' },
    ],
    ['it never says which contract it speaks', 'OUT_OF_FUEL', { abi: ENDLESS }],
    ['it never describes itself', 'OUT_OF_FUEL', { capabilitiesBody: ENDLESS }],
    ['its data lies behind its memory', 'ENGINE_TRAP', { head: '(data (i32.const 262144) "x")' }],
  ])('A module is refused at its loading where %s: %s', async (_, code, parts) => {
    expect(await codeOf(() => loadPublished(parts))).toBe(code);
  });

  it('A module is refused at its loading where its start takes too long', async () => {
    const parts = { head: `(start $start) (func $start ${ENDLESS})` };
    expect(await codeOf(() => loadPublished(parts, { limits: unbounded }))).toBe('TIMEOUT');
  });
});

describe('The clock', () => {
  it('The clock refuses the answer of a step that came too late, and the next step is well', async () => {
    const slow = attacking(
      `
      (loop $again
        (global.set $n (i64.add (global.get $n) (i64.const 1)))
        (br_if $again (i64.lt_u (global.get $n) (i64.const 200000000))))`,
      '(global $n (mut i64) (i64.const 0))',
    );
    const engine = await loadPublished(slow, { limits: unbounded });
    const well = engine.step(input);
    expect(await codeOf(() => engine.step({ ...input, state: Uint8Array.of(1) }))).toBe('TIMEOUT');
    expect(engine.step(input)).toEqual(well);
  });

  it('The clock stops a simulation that never ends, and the next step is well', async () => {
    const engine = await loadPublished(
      { simulateBody: ENDLESS },
      { limits: { fuel: 2n ** 40n, timeoutMs: 1_000 } },
    );
    const batch = { seed: new Uint8Array(32), first: 0n, rounds: 2 ** 20 };
    expect(await codeOf(() => simulate(engine, batch, 50))).toBe('TIMEOUT');
    expect(engine.step(input).payoutMillionths).toBe(0n);
  });
});

describe('Fuel', () => {
  it('A step needs the same fuel on fresh and warm instances, in any order', async () => {
    const loops = {
      stepBody: `
        (local $n i32)
        (local.set $n (i32.load8_u (i32.const 44)))
        (loop $again
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))
        (memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71)) (i32.const 71)`,
    };
    const used = async (order: readonly number[]) => {
      const engine = await loadPublished(loops);
      return order.map((count) => {
        engine.step({ ...input, state: Uint8Array.of(count) });
        return [count, engine.withInstance(({ usage }) => usage.fuel)] as const;
      });
    };
    const order = [1, 3, 2, 7, 2];
    const forwards = new Map(await used(order));
    expect(new Map(await used(order.toReversed()))).toEqual(forwards);
    expect(await used([2])).toEqual([[2, forwards.get(2)]]);
    // These are eight instructions, and the loop's own.
    expect((forwards.get(7) ?? 0n) - (forwards.get(3) ?? 0n)).toBe(4n * 9n);
  });
});

describe('The depth of calls', () => {
  /** Finds how deep a function with `locals` locals can call itself before it is stopped. */
  async function depth(locals: number, mark: string): Promise<number> {
    const engine = await loadPublished({
      // Each time it is another module, because V8 keeps what it has compiled of the same bytes.
      head: `
        (data (i32.const 140000) "${mark}")
        (global $deep (mut i32) (i32.const 0))
        (func $down (param i64) (result i64) ${'(local i64)'.repeat(locals)}
          (i32.store (i32.const 131000) (i32.add (i32.load (i32.const 131000)) (i32.const 1)))
          (i64.add (call $down (i64.add (local.get 0) (i64.const 1))) (local.get 0)))`,
      stepBody:
        '(i32.store (i32.const 131000) (i32.const 0)) (drop (call $down (i64.const 1))) (i32.const -1)',
    });
    let reached = 0;
    const stopped = await codeOf(() =>
      engine.withInstance((instance) => {
        try {
          instance.call('rgs_step', 45);
        } finally {
          reached = new DataView(instance.output.buffer).getInt32(131_000, true);
        }
      }),
    );
    expect(stopped).toBe('ENGINE_TRAP');
    return reached;
  }

  it('The depth of calls is the same whichever compiler made the code, and less for functions that need more stack', async () => {
    const depths = async (mark: string) => [
      await depth(0, mark),
      await depth(0, mark),
      await depth(1_000, mark),
    ];
    setFlagsFromString('--no-liftoff');
    const optimised = await depths('optimised');
    setFlagsFromString('--liftoff');
    setFlagsFromString('--liftoff-only');
    const plain = await depths('plain');
    setFlagsFromString('--no-liftoff-only');
    expect(plain).toEqual(optimised);
    expect(optimised[0]).toBe(optimised[1]);
    expect(optimised[0]).toBeGreaterThan(500);
    expect(optimised[2]).toBeLessThan(50);
  });
});
