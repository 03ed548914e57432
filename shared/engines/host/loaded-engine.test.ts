import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../engines.ts';
import {
  type Answer,
  answerBytes,
  CAPABILITIES,
  codeOf,
  type EngineParts,
  loadParts,
  VIEW,
} from './hostile-engine.fixture.ts';
import type { LoadedEngine } from './loaded-engine.ts';

const input: EngineInput = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };

/** The engine counts its calls in its own memory and pays the count. It does what the first byte of the state says. */
const COUNTING: Partial<EngineParts> = {
  head: '(global $calls (mut i64) (i64.const 0))',
  stepBody: `
    (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
    (if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 1)) (then unreachable))
    (if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 2)) (then (return (i32.const -2))))
    (if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 3)) (then (return (i32.const 65537))))
    (if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 4)) (then (drop (memory.grow (i32.const 16)))))
    (memory.copy (i32.const 65536) (i32.const 196608) (i32.const ${answerBytes().length}))
    (i64.store (i32.const 65540) (global.get $calls))
    (i32.const ${answerBytes().length})`,
};

/** The engine answers its state: the input from byte 44 on, as long as the header says. */
const ECHO: Partial<EngineParts> = {
  stepBody: `
    (memory.copy (i32.const 65536) (i32.const 44) (i32.load (i32.const 40)))
    (i32.load (i32.const 40))`,
};

function calls(engine: LoadedEngine, order: number): bigint {
  return engine.step({ ...input, state: Uint8Array.of(order) }).payoutMillionths;
}

describe('A step', () => {
  it('A step gives the state, the payout, the flag and the view as the engine wrote them', async () => {
    const view = '{"outcome":{"grid":"ä"},"public_state":{},"bonus_triggered":{"name":"x"}}';
    const state = Uint8Array.of(1, 2, 3);
    const answer = answerBytes({ state, payoutMillionths: 5_000_000n, flags: 3, view });
    const engine = await loadParts({ answer });
    const step = engine.step(input);
    expect(step).toEqual({ state, payoutMillionths: 5_000_000n, bonusActive: true, view });
  });

  it('A step gives a state that the next step does not change', async () => {
    const engine = await loadParts(ECHO);
    const first = engine.step({ ...input, state: answerBytes({ state: Uint8Array.of(7) }) });
    engine.step({ ...input, state: answerBytes({ state: Uint8Array.of(8) }) });
    expect(first.state).toEqual(Uint8Array.of(7));
  });

  it('A step passes the seed, the step index, the state and the action as the contract lays them out', async () => {
    const engine = await loadParts({ ...COUNTING, stepBody: `(i32.const -100)` });
    const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(
      await codeOf(() =>
        engine.step({ seed, stepIndex: 2 ** 40 + 5, state: Uint8Array.of(9, 9), action: 0 }),
      ),
    ).toBe('ENGINE_REJECTED');
    const written = engine.withInstance((instance) => Buffer.from(instance.input.subarray(0, 47)));
    expect(written.subarray(0, 32)).toEqual(Buffer.from(seed));
    expect(written.readBigUInt64LE(32)).toBe(2n ** 40n + 5n);
    expect(written.readUInt32LE(40)).toBe(2);
    expect([...written.subarray(44)]).toEqual([9, 9, 0]);
  });

  it('A step passes nothing else, because its input ends with the action', async () => {
    const engine = await loadParts({ stepBody: '(i32.sub (i32.const -100) (local.get 0))' });
    const state = Uint8Array.of(9, 9);
    expect(() => engine.step({ ...input, state })).toThrow(`refused rgs_step with ${-100 - (44 + 2 + 1)}`);
  });

  it.each<[string, Answer | Uint8Array]>([
    ['pays less than nothing', { payoutMillionths: -1n }],
    ['pays more than the declared maximum', { payoutMillionths: 5_000_001n }],
    ['has unknown flags', { flags: 4 }],
    ['has a flag in the highest bit', { flags: 0x8000_0000 }],
    ['says that a bonus was triggered and shows none', { flags: 2 }],
    ['shows a triggered bonus and does not say so', { view: VIEW.replace('null', '{}') }],
    ['has a state longer than the answer', { stateLength: 100 }],
    ['has a state longer than any memory', { stateLength: 0xffff_ffff }],
    ['has a state longer than may be stored', { state: new Uint8Array(8_193) }],
    ['is too short for a payout', Uint8Array.of(0, 0, 0, 0, 1)],
    ['is too short for a length', Uint8Array.of(0, 0)],
    ['is empty', new Uint8Array()],
    ['has no view', { view: '' }],
    ['has a view that is not JSON', { view: '{"outcome":' }],
    ['has a view that is not UTF-8', { view: Uint8Array.of(0xc3, 0x28) }],
    ['has a view after a byte order mark', { view: `\ufeff${VIEW}` }],
    ['has a view that is null', { view: 'null' }],
    ['has a view that is a list', { view: '[{},{},null]' }],
    ['lacks a part of the view', { view: '{"outcome":{},"public_state":{}}' }],
    ['has a part too many', { view: VIEW.replace('{', '{"balance":1,') }],
    ['has an outcome that is no object', { view: VIEW.replace('{}', '[]') }],
    ['has a trigger that is no object', { flags: 2, view: VIEW.replace('null', 'true') }],
  ])('A step is refused where its answer %s', async (_, wrong) => {
    const engine = await loadParts({ answer: wrong instanceof Uint8Array ? wrong : answerBytes(wrong) });
    expect(await codeOf(() => engine.step(input))).toBe('BAD_OUTPUT');
  });

  it.each<[string, Partial<EngineParts>]>([
    ['longer than the buffer', { stepBody: '(i32.const 65537)' }],
    ['of another type', { stepResult: 'i64', stepBody: '(i64.const 76)' }],
    ['no number', { stepResult: 'f64', stepBody: '(f64.const nan)' }],
    ['a fraction', { stepResult: 'f64', stepBody: '(f64.const 75.5)' }],
  ])('A step is refused where the length of its answer is %s', async (_, parts) => {
    const engine = await loadParts(parts);
    expect(await codeOf(() => engine.step(input))).toBe('BAD_OUTPUT');
  });

  it.each([
    ['an action that the engine does not have', { action: 1 }],
    ['an action that is no byte', { action: 0.5 }],
    ['a negative action', { action: -1 }],
    ['a seed of another length', { seed: new Uint8Array(31) }],
    ['a state longer than may be stored', { state: new Uint8Array(8_193) }],
    ['a negative step index', { stepIndex: -1 }],
    ['a step index that is no integer', { stepIndex: 1.5 }],
  ])('A step is refused before the engine runs for %s', async (_, wrong) => {
    const engine = await loadParts({ stepBody: 'unreachable' });
    expect(await codeOf(() => engine.step({ ...input, ...wrong }))).toBe('ENGINE_REJECTED');
  });

  it("A refused step names the engine's own error", async () => {
    const engine = await loadParts({ stepBody: '(i32.const -107)' });
    expect(() => engine.step(input)).toThrow('-107');
  });

  it('A step is answered, or ends in an error with a code, whatever bytes the engine answers', async () => {
    const engine = await loadParts(ECHO);
    const answers = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .record({
          state: fc.uint8Array({ maxLength: 20 }),
          payoutMillionths: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
          flags: fc.nat(7),
          view: fc.oneof(fc.json(), fc.constant(VIEW), fc.string()),
        })
        .map(answerBytes),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (state) => {
        expect(['none', 'BAD_OUTPUT']).toContain(await codeOf(() => engine.step({ ...input, state })));
      }),
      { numRuns: 500 },
    );
  });
});

describe('The warm instance', () => {
  it('The warm instance serves one step after the other', async () => {
    const engine = await loadParts(COUNTING);
    expect([calls(engine, 0), calls(engine, 0), calls(engine, 0)]).toEqual([1n, 2n, 3n]);
  });

  it('The warm instance is given up after a trap, and the next step has a fresh one', async () => {
    const engine = await loadParts(COUNTING);
    calls(engine, 0);
    expect(await codeOf(() => calls(engine, 1))).toBe('ENGINE_TRAP');
    expect(calls(engine, 0)).toBe(1n);
  });

  it('The warm instance is given up after an impossible answer', async () => {
    const engine = await loadParts(COUNTING);
    calls(engine, 0);
    expect(await codeOf(() => calls(engine, 3))).toBe('BAD_OUTPUT');
    expect(calls(engine, 0)).toBe(1n);
  });

  it('The warm instance is kept after the engine refused an input', async () => {
    const engine = await loadParts(COUNTING);
    expect(await codeOf(() => calls(engine, 2))).toBe('ENGINE_REJECTED');
    expect(calls(engine, 0)).toBe(2n);
  });

  it('The warm instance is given up after 10,000 calls, so that nothing an engine remembers lasts', async () => {
    const engine = await loadParts(COUNTING);
    const counted = Array.from({ length: 23_500 }, () => calls(engine, 0));
    expect(counted).toEqual(Array.from({ length: 23_500 }, (_, call) => BigInt((call % 10_000) + 1)));
  });

  it('The warm instance is still read correctly after its memory grew', async () => {
    const engine = await loadParts(COUNTING);
    expect([calls(engine, 4), calls(engine, 0), calls(engine, 4)]).toEqual([1n, 2n, 3n]);
  });
});

describe('A reset', () => {
  it('A reset gives the first state', async () => {
    const engine = await loadParts({ answer: answerBytes({ state: Uint8Array.of(4) }) });
    expect(engine.reset()).toEqual({
      state: Uint8Array.of(4),
      payoutMillionths: 0n,
      bonusActive: false,
      view: VIEW,
    });
  });

  it.each<[string, Answer]>([
    ['pays', { payoutMillionths: 1n }],
    ['begins in a bonus', { flags: 1 }],
    ['triggers a bonus', { flags: 2, view: VIEW.replace('null', '{}') }],
  ])('A reset is refused where it %s', async (_, answer) => {
    const engine = await loadParts({ answer: answerBytes(answer) });
    expect(await codeOf(() => engine.reset())).toBe('BAD_OUTPUT');
  });

  it('A reset passes an all-zero seed and no configuration, whatever was played before', async () => {
    const engine = await loadParts();
    engine.step({ state: Uint8Array.of(1, 2), action: 0, seed: new Uint8Array(32).fill(5), stepIndex: 9 });
    engine.reset();
    const written = engine.withInstance(({ input }) => input.slice(0, 44));
    expect(written).toEqual(new Uint8Array(44));
  });
});

describe('The maximum of a step', () => {
  it('The maximum of a step is the largest of all modes', async () => {
    const [mode] = CAPABILITIES.modes;
    const modes = [mode, { ...mode, name: 'buy', max_win_millionths: '9000000' }];
    const discrete = ['base', 'buy'].map((name) => ({ name, phase: 'base', mode: name }));
    const engine = await loadParts({
      capabilities: JSON.stringify({ ...CAPABILITIES, modes, action_space: { discrete } }),
      answer: answerBytes({ payoutMillionths: 9_000_000n }),
    });
    expect(engine.step(input).payoutMillionths).toBe(9_000_000n);
  });
});
