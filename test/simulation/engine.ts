import { createHash } from 'node:crypto';
import { EngineError } from '../../shared/foundation/errors.ts';
import type { Engine, EngineInput, EngineStep } from '../../shared/engines/engines.ts';

const TRAPS_PER_65536 = 300;

/** The engine of worlds in which every spin has to win. */
export const ALWAYS_WINS = 3;

/** A whole game pays no more than this. */
export const MOST_WIN_MILLIONTHS = 25_500_000n;

/**
 * Makes a small game that wins often, and often wins a bonus of a few actions. It only matters that its payouts are a
 * function of state and seed. The state counts the steps, so that a step that was lost or played twice shows. Now and then
 * a round ends in the first state again, so that the player may go on at another bet.
 */
export function simulatedEngine(version: number) {
  const hash = engineHash(version);
  return {
    hash,
    capabilities: {
      engineId: 'simulated',
      buildId: String(version),
      stateEncoding: 'u32 steps, u8 bonus actions left',
      actions: [
        { name: 'spin', phase: 'base', mode: 'base', code: 0 },
        { name: 'free_spin', phase: 'bonus', code: 1 },
      ],
      modes: [
        {
          name: 'base',
          priceMillionths: 1_000_000n,
          rtpMillionths: 960_000n,
          maxWinMillionths: MOST_WIN_MILLIONTHS,
        },
      ],
      lines: undefined,
      maxHorizon: 5,
      preferredBatch: 1,
    },
    reset: () => stepTo(0, 0, 0n),
    step: version === ALWAYS_WINS ? winningStep : step,
  } satisfies Engine;
}

export function engineHash(version: number): string {
  return createHash('sha256').update(`simulated engine ${version}`).digest('hex');
}

function step({ state, action, seed }: EngineInput): EngineStep {
  const read = Buffer.from(state);
  const bonusLeft = read.readUInt8(4);
  if ((action === 1) !== bonusLeft > 0)
    throw new EngineError('ENGINE_REJECTED', 'The action does not fit the state');
  const draw = Buffer.from(seed);
  if (draw.readUInt16LE(0) < TRAPS_PER_65536) throw new EngineError('ENGINE_TRAP', 'The engine trapped');
  const win = draw.readUInt8(2) < 128 ? BigInt(draw.readUInt8(3)) * 14_000n : 0n;
  const wonBonus = action === 0 && draw.readUInt8(4) < 16 ? 1 + (draw.readUInt8(5) % 4) : 0;
  const left = action === 1 ? bonusLeft - 1 : wonBonus;
  const begins = left === 0 && draw.readUInt8(6) < 96;
  return stepTo(begins ? 0 : read.readUInt32LE(0) + 1, left, win);
}

function winningStep({ state }: EngineInput): EngineStep {
  return stepTo(Buffer.from(state).readUInt32LE(0) + 1, 0, 1_500_000n);
}

function stepTo(steps: number, bonusLeft: number, payoutMillionths: bigint): EngineStep {
  const state = Buffer.alloc(5);
  state.writeUInt32LE(steps, 0);
  state.writeUInt8(bonusLeft, 4);
  const view = { outcome: { steps }, public_state: { bonus_left: bonusLeft }, bonus_triggered: null };
  return {
    state: new Uint8Array(state),
    payoutMillionths,
    bonusActive: bonusLeft > 0,
    view: JSON.stringify(view),
  };
}
