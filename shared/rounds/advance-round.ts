import type { Clock } from '../foundation/clock.ts';
import type { Ledger } from './ledger.ts';
import { type IntentRound, isHeld, type Round } from './round.ts';
import { type RoundEvent, transition } from './round-transitions.ts';

/** Writes the status that an event leads to. It is undefined where another actor has moved the round on. */
export async function advance(
  ledger: Pick<Ledger, 'save'>,
  round: Round,
  event: RoundEvent,
): Promise<Round | undefined> {
  return ledger.save(transition(round, event), round);
}

/**
 * Abandons the intent of a handler whose lease has run out. It is undefined while the handler may still be at
 * work, or where the round has moved on.
 */
export async function abandon(
  ports: { readonly clock: Clock; readonly ledger: Pick<Ledger, 'save'> },
  { leaseMs }: { readonly leaseMs: number },
  intent: IntentRound,
): Promise<Round | undefined> {
  const nowMs = ports.clock.nowMs();
  if (isHeld(intent, leaseMs, nowMs)) return undefined;
  return advance(ports.ledger, intent, { type: 'ABANDONED', atMs: nowMs });
}
