import { describe, expect, it } from 'vitest';
import { EngineError } from '../../foundation/errors.ts';
import {
  loadRealtimeParts,
  REALTIME_CAPABILITIES,
  type RealtimeParts,
  shown,
  STATE_AT,
} from '../host/hostile-realtime.fixture.ts';
import { checkRealtimeConformance } from './conformance-realtime.ts';

const DIGIT = STATE_AT + 4;

/** The engine shows a digit of a global, which `init` sets to 0. */
const COUNTING: Partial<RealtimeParts> = {
  head: '(global $count (mut i32) (i32.const 0))',
  shown: shown('0'),
  init: '(global.set $count (i32.const 0)) (i32.const 0)',
  state: `(i32.store8 (i32.const ${DIGIT}) (i32.add (i32.const 48) (i32.rem_u (global.get $count) (i32.const 10))))
    (i32.const ${STATE_AT})`,
};
const COUNT = '(global.set $count (i32.add (global.get $count) (i32.const 1)))';

async function complaint(parts: Partial<RealtimeParts>): Promise<string> {
  try {
    checkRealtimeConformance(await loadRealtimeParts(parts));
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('A realtime engine that conforms', () => {
  it("A realtime engine conforms where it always shows the same, or counts the players' input", async () => {
    expect(await complaint({})).toBe('none');
    expect(await complaint({ ...COUNTING, input: COUNT })).toBe('none');
  });

  it('The record of a realtime engine says how much it was played and how long that took', async () => {
    const report = checkRealtimeConformance(await loadRealtimeParts());
    expect(report.calls).toBeGreaterThan(500);
    expect(report.maxCallFuel).toBeGreaterThan(0n);
    expect(report).toMatchObject({ maxStateBytes: 11, memoryPages: 4 });
  });
});

describe('A realtime engine that does not conform', () => {
  it.each<[string, string, Partial<RealtimeParts>]>([
    [
      'goes on where the game before it ended',
      'after another game',
      { ...COUNTING, init: '(i32.const 0)', input: COUNT },
    ],
    [
      'needs more fuel the more games it has begun',
      'other fuel, after another game',
      {
        head: '(global $games (mut i32) (i32.const 0))',
        init: `
          (local $n i32) (global.set $games (i32.add (global.get $games) (i32.const 1)))
          (local.set $n (global.get $games))
          (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (i32.const 0)`,
      },
    ],
    [
      'shows what was left in its input',
      'for what was left in the buffers',
      { ...COUNTING, tick: '(global.set $count (i32.load8_u (i32.const 60000)))' },
    ],
    [
      'shows what was left in its output',
      'for what was left in the buffers',
      { ...COUNTING, tick: '(global.set $count (i32.load8_u (i32.const 66000)))' },
    ],
    ['counts ticks in place of time', 'how time is cut', { ...COUNTING, tick: COUNT }],
    [
      'shows how often it is looked at',
      'how often its state is read',
      { ...COUNTING, state: `${COUNT} ${COUNTING.state}` },
    ],
    [
      'needs almost all fuel that there is',
      'units of fuel',
      {
        tick: `(local $n i32)
          (loop $again
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const 1000000))))`,
      },
    ],
    [
      'needs it only for as many players as it has room for',
      'units of fuel',
      {
        ...COUNTING,
        capabilities: JSON.stringify({ ...REALTIME_CAPABILITIES, max_players: 40 }),
        input: COUNT,
        tick: `(local $n i32) (local.set $n (i32.mul (global.get $count) (i32.const 250)))
          (loop $again (br_if $again (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))`,
      },
    ],
    ['traps for an input', 'ENGINE_TRAP', { input: '(if (i32.load8_u (local.get 2)) (then unreachable))' }],
    [
      'traps for the longest id',
      'ENGINE_TRAP',
      { input: '(if (i32.gt_u (local.get 1) (i32.const 1000)) (then unreachable))' },
    ],
    [
      'traps for a configuration',
      'ENGINE_TRAP',
      { init: '(if (i32.gt_u (local.get 1) (i32.const 32)) (then unreachable)) (i32.const 0)' },
    ],
    ['does not begin without a configuration', 'ENGINE_REJECTED', { init: '(i32.const -1)' }],
    [
      'shows nonsense once time went on',
      'BAD_OUTPUT',
      {
        ...COUNTING,
        tick: `(i32.store8 (i32.const ${DIGIT}) (i32.const 120))`,
        state: `(i32.const ${STATE_AT})`,
      },
    ],
  ])('A realtime engine is refused because it %s', async (_, message, parts) => {
    expect(await complaint(parts)).toContain(message);
  });
});
