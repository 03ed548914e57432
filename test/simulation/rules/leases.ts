import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Cause, RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';

/** Tells who has asked for a round, and who holds its epoch. */
interface Holding {
  readonly request: string;
  owner: RunningInvocation;
}

/** An intent is its owner's. Others may have it when the lease has run out since its last write, and not all of them. */
export class Leases {
  readonly #check: Check;
  readonly #leaseMs: number;
  readonly #holdings = new Map<string, Holding>();

  constructor(check: Check, leaseMs: number) {
    this.#check = check;
    this.#leaseMs = leaseMs;
  }

  appended(round: Round, owner: RunningInvocation): void {
    this.#holdings.set(round.roundId, { request: requestOf(owner.cause), owner });
  }

  written(before: Round, after: Round, writer: RunningInvocation): void {
    const holding = this.#holdings.get(after.roundId);
    if (before.status !== 'INTENT' || !holding) return;
    const where = () => `round ${name(after)} became ${after.status} by ${writer.name}`;
    const changesHands =
      after.status === 'INTENT' || (after.status === 'VOIDING' && after.reason === 'ABANDONED');
    this.#check(
      after.epoch === before.epoch + (changesHands ? 1 : 0),
      'an epoch rises by one where a round changes hands, and nowhere else',
      where,
    );
    if (!changesHands)
      return this.#check(holding.owner === writer, 'only its owner moves an intent on', where);
    this.#check(
      after.updatedAtMs - before.updatedAtMs >= this.#leaseMs,
      'a round changes hands only after its lease, which counts from its last write',
      where,
    );
    const isRepetition = requestOf(writer.cause) === holding.request;
    this.#check(
      isRepetition || (after.status === 'VOIDING' && writer.cause.kind === 'recovery'),
      'a round is taken over only by its own request, and abandoned only by that or by recovery',
      where,
    );
    holding.owner = writer;
  }
}

/** Two requests are the same where this text is. */
function requestOf(cause: Cause): string {
  if (cause.kind !== 'request') return cause.kind;
  const { headers, body } = cause.request;
  return `${headers['Idempotency-Key']} ${JSON.stringify(body)}`;
}
