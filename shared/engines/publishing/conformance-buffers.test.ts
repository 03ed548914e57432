import { describe, expect, it } from 'vitest';
import {
  answerBytes,
  type EngineParts,
  PAYING_COUNTERS,
  PAYING_STEP,
} from '../host/hostile-engine.fixture.ts';
import { complaint } from './conformance.fixture.ts';

const ANSWER_LENGTH = answerBytes().length;
const GUARD = '(i32.gt_u (local.get 0) (i32.const 65536))';
const NEGATIVE_ONLY = '(i32.lt_s (local.get 0) (i32.const 0))';
const TOO_LONG_ONLY = '(i32.gt_s (local.get 0) (i32.const 65536))';
const RESET = `(memory.copy (i32.const 65536) (i32.const 196608) (i32.const ${ANSWER_LENGTH}))`;

describe('An engine and its buffers', () => {
  it.each<[string, string, Partial<EngineParts>]>([
    [
      'takes a step of less than nothing',
      'takes an input of -1 bytes for rgs_step',
      { stepBody: PAYING_STEP.replace(GUARD, TOO_LONG_ONLY) },
    ],
    [
      'takes a step that is longer than its buffer',
      'takes an input of 65537 bytes for rgs_step',
      { stepBody: PAYING_STEP.replace(GUARD, NEGATIVE_ONLY) },
    ],
    [
      'takes a reset of any length',
      'takes an input of -1 bytes for rgs_reset',
      { resetBody: `${RESET} (i32.const ${ANSWER_LENGTH})` },
    ],
    [
      'takes a simulation that is longer than its buffer',
      'takes an input of 65537 bytes for rgs_simulate',
      { simulateBody: `${PAYING_COUNTERS.replace(GUARD, NEGATIVE_ONLY)} (i32.const 108)` },
    ],
    [
      'traps for an impossible length',
      'ENGINE_TRAP',
      { stepBody: PAYING_STEP.replace('(return (i32.const -1))', 'unreachable') },
    ],
    [
      'traps for the longest state',
      'ENGINE_TRAP',
      {
        stepBody: `(if (i32.eq (i32.load (i32.const 40)) (i32.const 8192)) (then unreachable)) ${PAYING_STEP}`,
      },
    ],
    [
      'reads what lies behind its input',
      'another answer, or needs other fuel, for what was left',
      {
        stepBody: `${PAYING_STEP}
          (i64.store (i32.const 65540) (i64.sub (i64.const 950000) (i64.extend_i32_u (i32.load8_u (i32.const 10000)))))`,
      },
    ],
    [
      'leaves in its answer a byte that was in its output',
      'another answer, or needs other fuel, for what was left',
      {
        stepBody: `${PAYING_STEP.replace(
          '(memory.copy',
          '(i32.store8 (i32.const 131000) (i32.load8_u (i32.const 65540))) (memory.copy',
        )} (i32.store8 (i32.const 65540) (i32.load8_u (i32.const 131000)))`,
      },
    ],
    [
      'resets to something else once it has played',
      'a reset has another answer',
      {
        head: '(global $played (mut i32) (i32.const 0))',
        stepBody: `(global.set $played (i32.const 1)) ${PAYING_STEP}`,
        // A space stands behind the view.
        resetBody: `(if ${GUARD} (then (return (i32.const -1)))) ${RESET}
          (i32.store8 (i32.const ${65_536 + ANSWER_LENGTH}) (i32.const 32))
          (i32.add (i32.const ${ANSWER_LENGTH}) (global.get $played))`,
      },
    ],
  ])('An engine does not conform where it %s', async (_, message, parts) => {
    expect(await complaint(parts)).toContain(message);
  });
});
