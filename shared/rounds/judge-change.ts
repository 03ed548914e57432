import { isDeepStrictEqual } from 'node:util';
import { sameBytes } from '../foundation/bytes.ts';
import { FaultError } from '../foundation/errors.ts';
import { isFinal, type Round } from './round.ts';
import { type RoundEvent, transition } from './round-transitions.ts';

/** A change of one round in the table. The MACs of both images have been checked. */
export interface JudgedChange {
  /** It is undefined where the round was put. */
  readonly before: Round | undefined;
  /** It is undefined where the round was deleted. */
  readonly after: Round | undefined;
  /** It is true where the table deleted the round because its time to live was over. */
  readonly isExpiry: boolean;
  readonly atMs: number;
}

/** The table deletes what has expired by its own clock. */
const CLOCK_MARGIN_MS = 60_000;
/** The clock of the function that begins a round, or freezes a log, may be this far behind the table's. */
export const BEGUN_BEFORE_MS = 15 * 60_000;

/**
 * Says what is wrong with a change that the product never makes. Whoever can write the table can put an authentic older
 * state back, or delete rounds; no MAC shows that.
 * @returns undefined where the change is one of the product's own
 */
export function violationOf({ before, after, isExpiry, atMs }: JudgedChange): string | undefined {
  if (!before)
    return after && mayBegin(after, atMs) ? undefined : 'A round was put in a state in which none begins';
  if (!after) return mayBeDeleted(before, isExpiry, atMs) ? undefined : 'A round was deleted before its time';
  if (!sameBytes(before.intentMac, after.intentMac)) return 'A round was replaced by another one';
  if (sameBytes(before.mac, after.mac)) {
    return hasLawfulExpiry(before, after) ? undefined : 'The expiry of a round was changed';
  }
  if (!isDeepStrictEqual(before.expiry, after.expiry)) return 'A round that moved on was given an expiry';
  return mayFollow(before, after)
    ? undefined
    : `A round that was ${before.status} cannot become ${after.status}`;
}

/**
 * A round without a stake has its result in its first write. An old intent that appears is one that somebody kept, after its
 * round had expired.
 */
function mayBegin({ status, epoch, stakeMinor, expiry, updatedAtMs }: Round, atMs: number): boolean {
  if (epoch !== 1 || expiry || updatedAtMs < atMs - BEGUN_BEFORE_MS) return false;
  return stakeMinor > 0n ? status === 'INTENT' : status === 'COMMITTED' || status === 'FAILED';
}

function mayBeDeleted(round: Round, isExpiry: boolean, atMs: number): boolean {
  return isExpiry && round.expiry !== undefined && round.expiry.expiresAtMs <= atMs + CLOCK_MARGIN_MS;
}

/**
 * Only a final round may expire. Its expiry is set once, and taken away where its last rollback is still owed. A round
 * that stays for longer harms nobody.
 */
function hasLawfulExpiry(before: Round, after: Round): boolean {
  if (after.expiry === undefined) return true;
  return before.expiry ? isDeepStrictEqual(before.expiry, after.expiry) : isFinal(after);
}

/** The state machine is asked, so that it stays the only place that knows which event leads where. */
function mayFollow(before: Round, after: Round): boolean {
  return eventsThatLeadTo(after).some((event) => {
    try {
      return isSameState(transition(before, event), after);
    } catch (error) {
      if (error instanceof FaultError && error.code === 'ILLEGAL_TRANSITION') return false;
      throw error;
    }
  });
}

function isSameState(one: Round, other: Round): boolean {
  return isDeepStrictEqual({ ...one, mac: undefined }, { ...other, mac: undefined });
}

function eventsThatLeadTo(after: Round): RoundEvent[] {
  const atMs = after.updatedAtMs;
  switch (after.status) {
    case 'INTENT':
      return [{ type: 'TAKEN_OVER', atMs }];
    case 'COMMITTED':
    case 'CREDITED':
      return [
        { type: 'DEBIT_ACKNOWLEDGED', outcome: after.outcome, atMs },
        { type: 'BET_WIN_ACKNOWLEDGED', outcome: after.outcome, atMs },
        { type: 'CREDIT_ACKNOWLEDGED', atMs },
      ];
    case 'REJECTED':
      return [{ type: 'DEBIT_REFUSED', refusal: after.refusal, earlierAttemptUnknown: false, atMs }];
    case 'FAILED':
      return [{ type: 'ENGINE_FAILED', failure: after.failure, atMs }];
    case 'VOIDING':
      return [
        { type: 'DEBIT_UNKNOWN', atMs },
        { type: 'DEBIT_REFUSED', refusal: 'WALLET_REFUSED', earlierAttemptUnknown: true, atMs },
        { type: 'ENGINE_FAILED', failure: '', atMs },
        { type: 'ABANDONED', atMs },
      ];
    case 'VOIDED':
      return [{ type: 'ROLLBACK_ACKNOWLEDGED', atMs }];
  }
}
