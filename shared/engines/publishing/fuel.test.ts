import { describe, expect, it } from 'vitest';
import { loadPublished } from '../host/hostile-engine.fixture.ts';

/** Functions that loop are called, also through a table, from a loop that they may leave early. */
const NESTED = {
  head: `
    (type $looping (func (param i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $inner)
    (func $short (param $n i32) (result i32) (i32.mul (local.get $n) (i32.const 3)))
    (func $inner (type $looping)
      (loop $again
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (drop (call $short (local.get 0)))
        (br_if $again (i32.gt_s (local.get 0) (i32.const 0))))
      (i32.const 1))
    (func $outer (param $times i32) (param $n i32) (result i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (local.get $sum)
          (i32.add (call $inner (local.get $n)) (call_indirect (type $looping) (local.get $n) (i32.const 0)))))
        (memory.fill (i32.const 4096) (i32.const 0) (i32.mul (local.get $n) (i32.const 8)))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (if (i32.eqz (local.get $times)) (then (return (local.get $sum))))
        (br $again))
      (unreachable))`,
  stepBody: `
    (if (i32.ne (call $outer (i32.load8_u (i32.const 44)) (i32.load8_u (i32.const 45)))
                (i32.mul (i32.const 2) (i32.load8_u (i32.const 44)))) (then (unreachable)))
    (memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71)) (i32.const 71)`,
};

async function fuelByTimes(parts: Parameters<typeof loadPublished>[0]) {
  const engine = await loadPublished(parts);
  return (...state: number[]): bigint => {
    engine.step({ state: Uint8Array.from(state), action: 0, seed: new Uint8Array(32), stepIndex: 0 });
    return engine.withInstance(({ usage }) => usage.fuel);
  };
}

describe('The fuel of a call', () => {
  it('The fuel counts every turn of every loop, in whichever function it is', async () => {
    const fuel = await fuelByTimes(NESTED);
    const once = fuel(1, 1);
    const outerTurn = fuel(2, 1) - once;
    // These are two calls of the inner loop and eight bytes more.
    const innerTurns = fuel(1, 2) - once;
    expect(innerTurns).toBeGreaterThan(20n);
    expect(outerTurn).toBeGreaterThan(innerTurns + 20n);
    for (const [times, n] of [
      [1, 1],
      [3, 1],
      [1, 7],
      [20, 30],
      [200, 100],
    ] as const) {
      const [outer, inner] = [BigInt(times), BigInt(n - 1)];
      expect(fuel(times, n)).toBe(once + (outer - 1n) * outerTurn + outer * inner * innerTurns);
    }
  });

  it('The fuel of a short function is charged where it is called, as often as it is called', async () => {
    const calls = (count: number) => ({
      head: '(func $short (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))',
      stepBody: `${'(drop (call $short (i32.load8_u (i32.const 44))))'.repeat(count)}
        (memory.copy (i32.const 65536) (i32.const 196608) (i32.const 71)) (i32.const 71)`,
    });
    const fuelOf = async (count: number) => (await fuelByTimes(calls(count)))(1);
    const [none, one, ten] = [await fuelOf(0), await fuelOf(1), await fuelOf(10)];
    expect(one - none).toBeGreaterThan(10n);
    expect(ten - none).toBe(10n * (one - none));
  });
});
