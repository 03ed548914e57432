import { describe, expect, it } from 'vitest';
import { engineNames } from '../../../engines/build.ts';
import { builtArtefact } from '../../../engines/built-engine.ts';
import {
  answerBytes,
  CAPABILITIES,
  type EngineParts,
  PAYING_COUNTERS,
  PAYING_STEP,
  VIEW,
} from '../../../shared/engines/host/hostile-engine.fixture.ts';
import { complaint, hostOf } from '../../../shared/engines/publishing/conformance.fixture.ts';
import { checkConformance } from '../../../shared/engines/publishing/conformance.ts';

const ANSWER_LENGTH = answerBytes().length;
const CALLS = '(global $calls (mut i64) (i64.const 0))';
const COUNT_CALL = '(global.set $calls (i64.add (global.get $calls) (i64.const 1)))';
/** Rounds of a paid and a free step, which both pay; no step says that a bonus was won. */
function inTwoSteps(payoutMillionths: bigint, more = ''): Partial<EngineParts> {
  const discrete = [
    { name: 'spin', phase: 'base' },
    { name: 'free_spin', phase: 'bonus' },
  ];
  return {
    capabilities: JSON.stringify({ ...CAPABILITIES, max_horizon: 2, action_space: { discrete } }),
    // The state tells by its length whether the bonus is on.
    head: `
      (data (i32.const 200000) "${text(answerBytes({ state: Uint8Array.of(1), payoutMillionths, flags: 1 }))}")
      (data (i32.const 201000) "${text(answerBytes({ payoutMillionths }))}")`,
    stepBody: `
      (if (i32.gt_u (local.get 0) (i32.const 65536)) (then (return (i32.const -1))))
      (if (result i32) (i32.load (i32.const 40))
        (then (memory.copy (i32.const 65536) (i32.const 201000) (i32.const ${ANSWER_LENGTH})) (i32.const ${ANSWER_LENGTH}))
        (else (memory.copy (i32.const 65536) (i32.const 200000) (i32.const ${ANSWER_LENGTH + 1})) (i32.const ${ANSWER_LENGTH + 1})))`,
    simulateBody: `${PAYING_COUNTERS}
      (i64.store (i32.const 65560) (local.get $rounds))
      (i64.store (i32.const 65568) (i64.mul (local.get $rounds) (i64.const ${payoutMillionths})))
      (i64.store (i32.const 65576) (i64.mul (local.get $rounds) (i64.const ${payoutMillionths})))
      ${more} (i32.const 108)`,
  };
}

describe('an engine conforms', () => {
  it.each(engineNames())('as %s does', async (name) => {
    const { wasm } = await builtArtefact(name);
    // Its board stands until the next game, and it is not offered for money.
    const rule = name === 'tic-tac-toe' ? 'bound' : 'fresh';
    const report = await checkConformance(hostOf(wasm), rule);
    expect(report.steps).toBeGreaterThanOrEqual(1_000);
    expect(report.rounds).toBeGreaterThan(0);
    expect(report.maxStepFuel).toBeGreaterThan(1_000n);
    expect(report.memoryPages).toBeGreaterThan(0);
    expect(report.maxStateBytes).toBeLessThanOrEqual(8_192);
    expect(report.maxViewBytes).toBeGreaterThan(VIEW.length);
  });

  it('as a module does that always answers the same', async () => {
    expect(await complaint({})).toBe('none');
  });

  it('as a game does whose rounds take two steps without a bonus', async () => {
    expect(await complaint(inTwoSteps(475_000n))).toBe('none');
  });
});

describe('an engine does not conform', () => {
  it.each<[string, string, Partial<EngineParts>]>([
    [
      'pays by how often it was asked',
      'BAD_OUTPUT: .* another answer',
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${PAYING_STEP} (i64.store (i32.const 65540) (i64.and (global.get $calls) (i64.const 3)))`,
      },
    ],
    [
      'needs more fuel the more often it was asked',
      'BAD_OUTPUT: .* other fuel, after other steps',
      {
        head: CALLS,
        stepBody: `
          (local $n i64) ${COUNT_CALL} (local.set $n (i64.and (global.get $calls) (i64.const 7)))
          (loop $again
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))
            (br_if $again (i64.gt_s (local.get $n) (i64.const 0))))
          ${PAYING_STEP}`,
      },
    ],
    [
      'answers its first step otherwise than all later ones',
      'BAD_OUTPUT: .* after other steps',
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${PAYING_STEP} (i64.store (i32.const 65540) (i64.extend_i32_u (i64.eq (global.get $calls) (i64.const 1))))`,
      },
    ],
    [
      'pays something else for the last call that an instance serves',
      'BAD_OUTPUT: .* another answer',
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${PAYING_STEP} (i64.store (i32.const 65540) (i64.sub (i64.const 950000) (i64.extend_i32_u (i64.ge_u (global.get $calls) (i64.const 9900)))))`,
      },
    ],
    [
      'plays rounds without end',
      'BAD_OUTPUT: .* more than the 1 steps',
      { stepBody: `${PAYING_STEP} (i32.store (i32.const 65548) (i32.const 1))` },
    ],
    ['allows no action', 'BAD_OUTPUT: .* no action', { stepBody: '(i32.const -2)' }],
    [
      'wins more in a round than it declares',
      'BAD_OUTPUT: .* wins 6000000 millionths',
      inTwoSteps(3_000_000n),
    ],
    [
      'traps for a state that no play leads to',
      'ENGINE_TRAP',
      { stepBody: `(if (i32.load (i32.const 40)) (then unreachable)) ${PAYING_STEP}` },
    ],
    [
      'simulates by how rounds are split',
      'BAD_OUTPUT: .* split',
      { simulateBody: `${PAYING_COUNTERS} (i64.store (i32.const 65544) (i64.const 1)) (i32.const 108)` },
    ],
    [
      'simulates other rounds than it plays',
      'BAD_OUTPUT: .* not those that steps play',
      {
        simulateBody: `${PAYING_COUNTERS} (i64.store (i32.const 65544) (i64.const 0)) (i32.const 108)`,
      },
    ],
    [
      'does not count its rounds',
      'BAD_OUTPUT: .* does not count',
      { simulateBody: `${PAYING_COUNTERS} (i64.store (i32.const 65536) (i64.const 0)) (i32.const 108)` },
    ],
    ['refuses to simulate', 'ENGINE_REJECTED', { simulateBody: '(i32.const -1)' }],
    [
      'needs almost all fuel that there is',
      'BAD_OUTPUT: .* units of fuel',
      {
        stepBody: `
          (local $n i32)
          (loop $again
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const 200000))))
          ${PAYING_STEP}`,
      },
    ],
    ['shows nonsense', 'BAD_OUTPUT', { answer: answerBytes({ view: VIEW.replace('{}', '[]') }) }],
    [
      'declares a return and pays nothing',
      'BAD_OUTPUT: .* base return 0 millionths; it declares 950000',
      {
        stepBody: `${PAYING_STEP} (i64.store (i32.const 65540) (i64.const 0))`,
        simulateBody: `${PAYING_COUNTERS} (memory.fill (i32.const 65544) (i32.const 0) (i32.const 100)) (i32.const 108)`,
      },
    ],
    [
      'returns other than it declares',
      'BAD_OUTPUT: .* base return 950000 millionths; it declares 949000',
      {
        capabilities: JSON.stringify({
          ...CAPABILITIES,
          modes: [{ ...CAPABILITIES.modes[0], rtp_millionths: '949000' }],
        }),
      },
    ],
    [
      'counts bonuses that no step says were won',
      'BAD_OUTPUT: .* not those that steps play',
      inTwoSteps(475_000n, '(i64.store (i32.const 65552) (local.get $rounds))'),
    ],
  ])('if it %s', async (_, message, parts) => {
    expect(await complaint(parts)).toMatch(new RegExp(`^${message}`));
  });
});

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
