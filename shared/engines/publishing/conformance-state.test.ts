import { describe, expect, it } from 'vitest';
import {
  answerBytes,
  CAPABILITIES,
  type EngineParts,
  PAYING_COUNTERS,
} from '../host/hostile-engine.fixture.ts';
import { complaint } from './conformance.fixture.ts';

const PAYS = { payoutMillionths: 950_000n };
const FIRST_LENGTH = answerBytes(PAYS).length;

/** A game whose first state is empty. A round leaves one byte of state where `condition` holds. */
function leavingState(condition: string, more: Partial<EngineParts> = {}): Partial<EngineParts> {
  const answer = (at: number, length: number) =>
    `(memory.copy (i32.const 65536) (i32.const ${at}) (i32.const ${length})) (i32.const ${length})`;
  return {
    head: `
      (data (i32.const 200000) "${text(answerBytes(PAYS))}")
      (data (i32.const 201000) "${text(answerBytes({ ...PAYS, state: Uint8Array.of(1) }))}")`,
    stepBody: `
      (if (i32.gt_u (local.get 0) (i32.const 65536)) (then (return (i32.const -1))))
      (if (result i32) ${condition}
        (then ${answer(201_000, FIRST_LENGTH + 1)})
        (else ${answer(200_000, FIRST_LENGTH)}))`,
    simulateBody: `${PAYING_COUNTERS} (i32.const 108)`,
    ...more,
  };
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

const ALWAYS = '(i32.const 1)';
/** The first two bytes of a seed select this many of the 65,536 seeds. */
const inSeeds = (count: number) => `(i32.lt_u (i32.load16_u (i32.const 0)) (i32.const ${count}))`;
const ACTION = '(i32.load8_u (i32.add (i32.const 44) (i32.load (i32.const 40))))';

const [base] = CAPABILITIES.modes;
const twoModes = JSON.stringify({
  ...CAPABILITIES,
  action_space: {
    discrete: [
      { name: 'spin', phase: 'base', mode: 'base' },
      { name: 'collect', phase: 'base', mode: 'collecting' },
    ],
  },
  modes: [base, { ...base, name: 'collecting' }],
});

describe('The state rule that a game declares', () => {
  it('A game that declares a fresh state is refused where its rounds leave another state', async () => {
    expect(await complaint(leavingState(ALWAYS), 'fresh')).toMatch(
      /BAD_OUTPUT: .*declares a fresh state, but a round that spin opened leaves another.*"state": "bound"/,
    );
  });

  it('A game that declares a fresh state is refused where one round in a thousand leaves another state', async () => {
    expect(await complaint(leavingState(inSeeds(65)), 'fresh')).toContain('declares a fresh state');
  });

  it('A game that declares a fresh state is refused where the rounds of one of its modes leave another state', async () => {
    const parts = leavingState(ACTION, { capabilities: twoModes });
    expect(await complaint(parts, 'fresh')).toContain('a round that collect opened leaves another state');
  });

  it('A game that declares a bound state may leave any state', async () => {
    expect(await complaint(leavingState(ALWAYS), 'bound')).toBe('none');
  });

  it('A game that declares a bound state may always leave its first state', async () => {
    expect(await complaint({}, 'bound')).toBe('none');
  });
});
