import type { Ledger } from './ledger.ts';
import type { Round } from './round.ts';
import { type RoundEvent, transition } from './round-transitions.ts';

/** Writes the status that an event leads to. It is undefined where another actor has moved the round on. */
export async function advance(
  ledger: Pick<Ledger, 'save'>,
  round: Round,
  event: RoundEvent,
): Promise<Round | undefined> {
  const next = transition(round, event);
  return (await ledger.save(next, { status: round.status, epoch: round.epoch })) ? next : undefined;
}
