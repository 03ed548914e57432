import {
  type CommittedRound,
  type CreditedRound,
  type FailedRound,
  hasOutcome,
  type Round,
} from './round.ts';
import type { Cipher } from '../encryption/cipher.ts';
import type { Engines } from '../engines/engines.ts';
import { isOperatorEnd } from './operator-end.ts';
import { unsealOpening, unsealStateAfter } from './round-opening.ts';
import { stepEngine } from './step-engine.ts';

export interface ReplayPorts {
  readonly engines: Engines;
  readonly cipher: Cipher;
}

/** A round whose engine was stepped, so that its record can be compared with the same step. */
export type ReplayableRound = CommittedRound | CreditedRound | FailedRound;

/** One part of a round's record, beside the result of the same step of the same engine now. */
export interface ReplayedPart {
  readonly name: keyof Parts;
  /** The bytes are in hex. */
  readonly recorded: string;
  readonly recomputed: string;
}

interface Parts {
  readonly failure: string;
  readonly state_after: string;
  readonly payout_millionths: string;
  readonly win_minor: string;
  readonly bonus_active: string;
  readonly view: string;
}

const ABSENT: Parts = {
  failure: 'none',
  state_after: 'none',
  payout_millionths: 'none',
  win_minor: 'none',
  bonus_active: 'none',
  view: 'none',
};

/** These two codes follow from the machine and its services, and not from the engine's input. */
const NOT_OF_THE_ENGINE: readonly string[] = ['TIMEOUT', 'ENGINE_UNAVAILABLE'];

/** A round in which an operator ended a bonus has no step of the engine. */
export function isReplayable(round: Round): round is ReplayableRound {
  if (round.status === 'FAILED') return !NOT_OF_THE_ENGINE.includes(round.failure);
  return hasOutcome(round) && !isOperatorEnd(round);
}

/**
 * Computes a round again from its record: the recorded engine, the sealed seed and opening state, and the action.
 * @throws FaultError CORRUPT_RECORD where what is sealed does not open, EngineError where the engine cannot be loaded,
 * DependencyError SERVICE_UNAVAILABLE
 */
export async function replayRound(
  ports: ReplayPorts,
  round: ReplayableRound,
): Promise<readonly ReplayedPart[]> {
  const recorded = await recordedParts(ports, round);
  const recomputed = await recomputedParts(ports, round);
  const names = Object.keys(ABSENT) as (keyof Parts)[];
  return names.map((name) => ({ name, recorded: recorded[name], recomputed: recomputed[name] }));
}

async function recordedParts({ cipher }: ReplayPorts, round: ReplayableRound): Promise<Parts> {
  if (!hasOutcome(round)) return { ...ABSENT, failure: round.failure };
  const { payoutMillionths, winMinor, bonusActive, view } = round.outcome;
  return {
    failure: 'none',
    state_after: hex(await unsealStateAfter(cipher, round)),
    payout_millionths: String(payoutMillionths),
    win_minor: String(winMinor),
    bonus_active: String(bonusActive),
    view,
  };
}

/** An engine that fails is a result as well. A FAILED round has to fail with the same code again. */
async function recomputedParts({ engines, cipher }: ReplayPorts, round: ReplayableRound): Promise<Parts> {
  const opening = await unsealOpening(cipher, round);
  const engine = await engines.load(round.engineHash);
  const stepped = await stepEngine({ engine, round, opening });
  if (stepped.kind === 'failed') {
    const { failure, cause } = stepped;
    if (NOT_OF_THE_ENGINE.includes(failure)) throw cause;
    return { ...ABSENT, failure };
  }
  const { step, winMinor } = stepped;
  return {
    failure: 'none',
    state_after: hex(step.state),
    payout_millionths: String(step.payoutMillionths),
    win_minor: String(winMinor),
    bonus_active: String(step.bonusActive),
    view: step.view,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
