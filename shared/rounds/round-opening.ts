import { FaultError } from '../foundation/errors.ts';
import type { CommittedRound, CreditedRound, NewTerms } from './round.ts';
import type { Cipher } from '../encryption/cipher.ts';

const SEED_BYTES = 32;

/** An outcome follows from this. Nobody may read it before the round is over. */
export interface RoundOpening {
  readonly seed: Uint8Array;
  readonly state: Uint8Array;
}

type Place = Pick<NewTerms, 'log' | 'number' | 'roundId'>;

export async function sealOpening(cipher: Cipher, place: Place, opening: RoundOpening): Promise<Uint8Array> {
  const plain = new Uint8Array(SEED_BYTES + opening.state.length);
  plain.set(opening.seed);
  plain.set(opening.state, SEED_BYTES);
  return cipher.seal(plain, contextOf(place, 'start'));
}

/** @throws FaultError CORRUPT_RECORD */
export async function unsealOpening(cipher: Cipher, round: NewTerms): Promise<RoundOpening> {
  const plain = await cipher.open(round.sealedOpening, contextOf(round, 'start'));
  if (plain.length < SEED_BYTES) {
    throw new FaultError('CORRUPT_RECORD', 'A round has no seed', { roundId: round.roundId });
  }
  return { seed: plain.subarray(0, SEED_BYTES), state: plain.subarray(SEED_BYTES) };
}

export function sealStateAfter(cipher: Cipher, place: Place, state: Uint8Array): Promise<Uint8Array> {
  return cipher.seal(state, contextOf(place, 'end'));
}

/** @throws FaultError CORRUPT_RECORD */
export function unsealStateAfter(cipher: Cipher, round: CommittedRound | CreditedRound): Promise<Uint8Array> {
  return cipher.open(round.outcome.sealedStateAfter, contextOf(round, 'end'));
}

function contextOf({ log, number, roundId }: Place, field: 'start' | 'end'): string {
  return [log.operatorId, log.playerId, log.gameCode, number, roundId, field].join('#');
}
