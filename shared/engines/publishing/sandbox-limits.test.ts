import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../engines.ts';
import {
  assembleOriginal,
  codeOf,
  type EngineParts,
  loadParts,
  loadPublished,
} from '../host/hostile-engine.fixture.ts';
import { CALL_LIMITS } from '../host/loaded-engine.ts';
import { instrument } from './instrument.ts';

const input: EngineInput = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };
const ANSWER = '(memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71)) (i32.const 71)';
const PAYOUT_AT = 65_540;

/**
 * Gives the answer of `ask` for code that V8's baseline compiler made, and for code that its optimising one made. Each
 * gets bytes of its own for the module, because V8 keeps what it has compiled of the same ones.
 */
async function byEachCompiler<T>(ask: (mark: string) => Promise<T>): Promise<[T, T]> {
  setFlagsFromString('--liftoff-only');
  const baseline = await ask('(data (i32.const 140000) "baseline")');
  setFlagsFromString('--no-liftoff-only');
  setFlagsFromString('--no-liftoff');
  const optimised = await ask('(data (i32.const 140000) "optimised")');
  setFlagsFromString('--liftoff');
  return [baseline, optimised];
}

describe('The bits of a NaN', () => {
  const bits = '(i64.shr_u (i64.reinterpret_f64 (local.get $sum)) (i64.const 63))';
  const stored = '(f64.store (i32.const 130000) (local.get $sum))';
  const sign = '(f64.copysign (f64.const 1) (local.get $sum))';
  /** The engine adds a NaN with a sign to one without in a loop. It pays what `payout` makes of the sum. */
  const paying = (payout: string): Partial<EngineParts> => ({
    head: `(data (i32.const 130008) "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\01\\00\\00\\00\\00\\00\\f8\\7f")`,
    stepBody: `(local $n i32) (local $other f64) (local $sum f64)
      (local.set $other (f64.load (i32.const 130016)))
      (loop $again
        (local.set $sum (f64.add (f64.load (i32.add (i32.const 130008) (i32.and (local.get $n) (i32.const 0))))
          (local.get $other)))
        (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 10))))
      ${ANSWER}
      (i64.store (i32.const ${PAYOUT_AT}) ${payout}) drop (i32.const 71)`,
  });

  it.each([
    ['read as an integer', paying(bits)],
    ['stored', paying(`(block (result i64) ${stored} (i64.load8_u (i32.const 130007)))`)],
    ['asked for its sign', paying(`(i64.extend_i32_u (f64.lt ${sign} (f64.const 0)))`)],
  ])('The bits of a NaN %s are the same whichever compiler made the code', async (_, parts) => {
    const [baseline, optimised] = await byEachCompiler(async (mark) => {
      const engine = await loadPublished({ ...parts, head: `${parts.head} ${mark}` });
      return engine.step(input).payoutMillionths;
    });
    expect(optimised).toBe(baseline);
  });

  it('The bits of a NaN cannot be seen in vectors, because no floats are computed there', async () => {
    const head = `(func $sum (param v128) (result v128) (f64x2.add (local.get 0) (local.get 0)))`;
    expect(await codeOf(() => instrument(assembleOriginal({ head })))).toBe('UNSUPPORTED_ABI');
  });

  it('The bits of a float that is a number are kept', async () => {
    const parts = { stepBody: `${ANSWER} (f64.store (i32.const ${PAYOUT_AT}) (f64.const 1e-317))` };
    const exact = new BigInt64Array(Float64Array.of(1e-317).buffer)[0];
    expect((await loadPublished(parts)).step(input).payoutMillionths).toBe(exact);
  });
});

describe('A recursion that computes many things twice', () => {
  const things = Array.from({ length: 1_500 }, (_, index) => {
    const thing = `(i64.rotl (i64.mul (local.get 0) (i64.const ${1_000_003 + index * 7_919})) (i64.const 3))`;
    return {
      before: `(local.set 1 (i64.xor (local.get 1) ${thing}))`,
      after: `(local.set 1 (i64.add (i64.rotl (local.get 1) (i64.const 1)) ${thing}))`,
    };
  });
  const head = `(func $down (param i64) (result i64) (local i64)
    ${things.map(({ before }) => before).join('')}
    (if (i64.gt_s (local.get 0) (i64.const 0))
      (then (local.set 1 (call $down (i64.sub (local.get 0) (i64.const 1))))))
    ${things.map(({ after }) => after).join('')} (local.get 1))`;

  it.each([1, 100])(
    'A recursion goes %i calls deep, or not, whichever compiler made the code',
    async (depth) => {
      const stepBody = `(drop (call $down (i64.const ${depth}))) ${ANSWER}`;
      const [baseline, optimised] = await byEachCompiler(async (mark) => {
        // The clock is not under test, and compiling a large function takes long on a busy machine.
        const limits = { ...CALL_LIMITS, timeoutMs: 20_000 };
        const engine = await loadPublished({ head: `${head} ${mark}`, stepBody }, { limits });
        return codeOf(() => engine.step(input));
      });
      expect(optimised).toBe(baseline);
      expect(baseline).toBe(depth === 1 ? 'none' : 'ENGINE_TRAP');
    },
  );
});

describe('A module that would take more of the process than an engine may', () => {
  const locals = (count: number) => '(local i64)'.repeat(count);
  /** Every local is assigned in the innermost of so many loops. */
  const loops = (count: number, depth: number) => {
    const body = Array.from(
      { length: count },
      (_, index) => `(local.set ${index} (local.get ${(index + 1) % count}))`,
    ).join('');
    return `(func $large ${locals(count)} ${'(loop '.repeat(depth)} ${body} ${')'.repeat(depth)})`;
  };

  it.each([
    ['a table of ten million entries', '(table 10000000 funcref)'],
    ['a function with 2,001 locals', `(func $large ${locals(2_001)})`],
    ['a function with 1,000 locals that 101 loops assign', loops(1_000, 101)],
    ['a function of 50,000 instructions', `(func $large ${'(drop (memory.size))'.repeat(25_001)})`],
  ])('A module is refused if it has %s', async (_, head) => {
    expect(await codeOf(() => instrument(assembleOriginal({ head })))).toBe('UNSUPPORTED_ABI');
  });

  it('The host refuses such a module as well, whoever published it', async () => {
    for (const head of ['(table 65537 funcref)', '(table 1 40000 funcref) (table 65536 funcref)']) {
      expect(await codeOf(() => loadParts({ head }))).toBe('UNSUPPORTED_ABI');
    }
    expect(await codeOf(() => loadParts({ head: '(table 65536 funcref)' }))).toBe('none');
  });
});

describe('Fuel', () => {
  const chain = Array.from({ length: 100 }).reduce<string>((at) => `(i32.load ${at})`, '(local.get $at)');

  // A second is more than ten times what it takes. Each lasted for seconds when it cost the price of an instruction.
  it.each([
    ['asks again and again for no memory', '(loop $again (drop (memory.grow (i32.const 0))) (br $again))'],
    [
      'follows addresses through all of its memory, which no cache holds',
      `(drop (memory.grow (i32.const 1020)))
       (local.set $at (i32.const 0))
       (loop $lay
         (local.set $line (i32.and (i32.const 0xfffff)
           (i32.add (i32.mul (local.get $line) (i32.const 1664525)) (i32.const 1013904223))))
         (local.set $next (i32.shl (local.get $line) (i32.const 6)))
         (i32.store (local.get $at) (local.get $next))
         (local.set $at (local.get $next))
         (br_if $lay (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200000))))
       (loop $follow (local.set $at ${chain}) (br $follow))`,
    ],
  ])('Fuel ends a step that %s within a second', async (_, attack) => {
    const engine = await loadPublished({
      stepBody: `(local $at i32) (local $next i32) (local $line i32) (local $n i32) ${attack} unreachable`,
    });
    const startedAtMs = performance.now();
    expect(await codeOf(() => engine.step(input))).toBe('OUT_OF_FUEL');
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});
