import { describe, expect, it } from 'vitest';
import { engineNames } from '../../../engines/build.ts';
import { builtArtefact } from '../../../engines/built-engine.ts';
import { EngineError } from '../../domain/errors.ts';
import { EngineHost } from '../engine-host.ts';
import {
  answerBytes,
  assembleOriginal,
  CAPABILITIES,
  type EngineParts,
  hashOf,
  VIEW,
} from '../hostile-engine.fixture.ts';
import { checkConformance } from './conformance.ts';
import { instrument } from './instrument.ts';

const COUNTED_ROUNDS = `
  (memory.fill (i32.const 65536) (i32.const 0) (i32.const 108))
  (i64.store (i32.const 65536) (i64.extend_i32_u (i32.load (i32.const 40))))`;
/** Rounds that are never won, as the steps of the plain module play them. */
const wellBehaved: Partial<EngineParts> = { simulateBody: `${COUNTED_ROUNDS} (i32.const 108)` };
const ANSWER_LENGTH = answerBytes().length;
const ANSWER = `(memory.copy (i32.const 65536) (i32.const 196608) (i32.const ${ANSWER_LENGTH})) (i32.const ${ANSWER_LENGTH})`;
const CALLS = '(global $calls (mut i64) (i64.const 0))';
const COUNT_CALL = '(global.set $calls (i64.add (global.get $calls) (i64.const 1)))';
const hostOf = (wasm: Uint8Array) => async () =>
  new EngineHost({ fetch: async () => wasm }).load(hashOf(wasm));

async function complaint(parts: Partial<EngineParts>): Promise<string> {
  const wasm = instrument(assembleOriginal({ ...wellBehaved, ...parts }));
  try {
    await checkConformance(hostOf(wasm));
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('an engine conforms', () => {
  it.each(engineNames())('as %s does', async (name) => {
    const { wasm } = await builtArtefact(name);
    const report = await checkConformance(hostOf(wasm));
    expect(report.steps).toBeGreaterThanOrEqual(1_000);
    expect(report.rounds).toBeGreaterThan(0);
    expect(report.maxStepFuel).toBeGreaterThan(1_000n);
    expect(report.memoryPages).toBeGreaterThan(0);
  });

  it('as a module does that always answers the same', async () => {
    expect(await complaint({})).toBe('none');
  });
});

describe('an engine does not conform', () => {
  it.each<[string, string, Partial<EngineParts>]>([
    [
      'pays by how often it was asked',
      'BAD_OUTPUT: .* another answer',
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${ANSWER} (i64.store (i32.const 65540) (i64.and (global.get $calls) (i64.const 3)))`,
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
          ${ANSWER}`,
      },
    ],
    [
      'answers its first step otherwise than all later ones',
      'BAD_OUTPUT: .* after other steps',
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${ANSWER} (i64.store (i32.const 65540) (i64.extend_i32_u (i64.eq (global.get $calls) (i64.const 1))))`,
      },
    ],
    [
      'plays rounds without end',
      'BAD_OUTPUT: .* more than the 1 steps',
      { stepBody: `${ANSWER} (i32.store (i32.const 65548) (i32.const 1))` },
    ],
    ['allows no action', 'BAD_OUTPUT: .* no action', { stepBody: '(i32.const -2)' }],
    [
      'wins more in a round than it declares',
      'BAD_OUTPUT: .* wins 6000000 millionths',
      {
        capabilities: JSON.stringify({
          ...CAPABILITIES,
          max_horizon: 2,
          action_space: {
            discrete: [
              { name: 'spin', phase: 'base' },
              { name: 'free_spin', phase: 'bonus' },
            ],
          },
        }),
        // The state tells by its length whether the bonus is on.
        head: `
          (data (i32.const 200000) "${text(answerBytes({ state: Uint8Array.of(1), payoutMillionths: 3_000_000n, flags: 1 }))}")
          (data (i32.const 201000) "${text(answerBytes({ payoutMillionths: 3_000_000n }))}")`,
        stepBody: `
          (if (result i32) (i32.load (i32.const 40))
            (then (memory.copy (i32.const 65536) (i32.const 201000) (i32.const ${ANSWER_LENGTH})) (i32.const ${ANSWER_LENGTH}))
            (else (memory.copy (i32.const 65536) (i32.const 200000) (i32.const ${ANSWER_LENGTH + 1})) (i32.const ${ANSWER_LENGTH + 1})))`,
      },
    ],
    [
      'traps for a state that no play leads to',
      'ENGINE_TRAP',
      { stepBody: `(if (i32.load (i32.const 40)) (then unreachable)) ${ANSWER}` },
    ],
    [
      'simulates by how rounds are split',
      'BAD_OUTPUT: .* split',
      { simulateBody: `${COUNTED_ROUNDS} (i64.store (i32.const 65544) (i64.const 1)) (i32.const 108)` },
    ],
    [
      'simulates other rounds than it plays',
      'BAD_OUTPUT: .* not those that steps play',
      {
        simulateBody: `${COUNTED_ROUNDS} (i64.store (i32.const 65544) (i64.load (i32.const 65536))) (i32.const 108)`,
      },
    ],
    [
      'does not count its rounds',
      'BAD_OUTPUT: .* does not count',
      { simulateBody: `${COUNTED_ROUNDS} (i64.store (i32.const 65536) (i64.const 0)) (i32.const 108)` },
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
          ${ANSWER}`,
      },
    ],
    ['shows nonsense', 'BAD_OUTPUT', { answer: answerBytes({ view: VIEW.replace('{}', '[]') }) }],
  ])('if it %s', async (_, message, parts) => {
    expect(await complaint(parts)).toMatch(new RegExp(`^${message}`));
  });
});

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
