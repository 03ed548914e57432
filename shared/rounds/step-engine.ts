import type { Cipher } from '../encryption/cipher.ts';
import type { Engine, EngineStep } from '../engines/engines.ts';
import { RgsError } from '../foundation/errors.ts';
import { currencyOf } from '../money/currency.ts';
import { type MinorAmount, winFor } from '../money/money.ts';
import { keepsToDeclared } from './declared-limits.ts';
import type { NewTerms } from './round.ts';
import { type RoundOpening, sealStateAfter } from './round-opening.ts';

export interface SealPorts {
  readonly cipher: Cipher;
}

export type Stepped =
  | { readonly kind: 'stepped'; readonly step: EngineStep; readonly winMinor: MinorAmount }
  /** `cause` is what the engine threw, if it threw. */
  | { readonly kind: 'failed'; readonly failure: string; readonly cause?: RgsError };

/** A round's terms, with the engine and the opening from which its outcome follows. */
export interface EngineTask {
  readonly engine: Engine;
  readonly round: NewTerms;
  readonly opening: RoundOpening;
}

/** A step follows from these terms, and from the opening. */
export type SteppedTerms = Pick<NewTerms, 'kind' | 'action' | 'gameSoFar' | 'baseBetMinor' | 'currency'>;

/** These codes follow from an engine and its input. The others follow from the machine and its services. */
const OF_THE_ENGINE: readonly string[] = [
  'ENGINE_TRAP',
  'OUT_OF_FUEL',
  'OUT_OF_MEMORY',
  'ENGINE_REJECTED',
  'BAD_OUTPUT',
];

export function isOfTheEngine(failure: string): boolean {
  return OF_THE_ENGINE.includes(failure);
}

/** A step whose state after is sealed, or that failed. */
export type SealedStep =
  | (Extract<Stepped, { kind: 'stepped' }> & { readonly sealedStateAfter: Uint8Array })
  | Extract<Stepped, { kind: 'failed' }>;

/**
 * Steps the engine and seals the state after. Sealing may fail where the data key cannot be had, so it comes before any
 * money moves. @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function stepAndSeal({ cipher }: SealPorts, task: EngineTask): Promise<SealedStep> {
  const stepped = await stepEngine(task);
  if (stepped.kind === 'failed') return stepped;
  return { ...stepped, sealedStateAfter: await sealStateAfter(cipher, task.round, stepped.step.state) };
}

/** Draws the outcome from the seed and the opening state. No money has moved, and a failure moves none. */
export async function stepEngine({
  engine,
  round,
  opening,
}: Omit<EngineTask, 'round'> & { readonly round: SteppedTerms }): Promise<Stepped> {
  const action = engine.capabilities.actions.find(({ name }) => name === round.action);
  if (!action) return { kind: 'failed', failure: 'ENGINE_REJECTED' };
  try {
    const step = await engine.step({ ...opening, action: action.code, stepIndex: 0 });
    if (!keepsToDeclared(engine.capabilities, round, step)) return { kind: 'failed', failure: 'BAD_OUTPUT' };
    const winMinor = winFor(step.payoutMillionths, round.baseBetMinor, currencyOf(round.currency));
    return { kind: 'stepped', step, winMinor };
  } catch (error) {
    if (error instanceof RgsError) return { kind: 'failed', failure: error.code, cause: error };
    throw error;
  }
}
