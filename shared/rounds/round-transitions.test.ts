import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { minorAmount } from '../money/money.ts';
import { hasOutcome, isFinal, isInFlight, owesCredit, type Round } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { type RoundEvent, transition } from './round-transitions.ts';

const atMs = 1_700_000_001_000;
const win = sampleOutcome();
const noWin = sampleOutcome({ payoutMillionths: 0n, winMinor: minorAmount(0n) });

function after(round: Round, ...events: RoundEvent[]): Round {
  return events.reduce(transition, round);
}

const debited = (outcome = win): RoundEvent => ({ type: 'DEBIT_ACKNOWLEDGED', outcome, atMs });
const betWon = (outcome = win): RoundEvent => ({ type: 'BET_WIN_ACKNOWLEDGED', outcome, atMs });
const oneCall = sampleIntent({ walletCalls: 'bet-win' });
const refused = (earlierAttemptUnknown = false): RoundEvent => ({
  type: 'DEBIT_REFUSED',
  refusal: 'INSUFFICIENT_FUNDS',
  earlierAttemptUnknown,
  atMs,
});
const takenOver: RoundEvent = { type: 'TAKEN_OVER', atMs };
const abandoned: RoundEvent = { type: 'ABANDONED', atMs };
const unknown: RoundEvent = { type: 'DEBIT_UNKNOWN', atMs };
const engineFailed: RoundEvent = { type: 'ENGINE_FAILED', failure: 'ENGINE_TRAP', atMs };
const rolledBack: RoundEvent = { type: 'ROLLBACK_ACKNOWLEDGED', atMs };
const credited: RoundEvent = { type: 'CREDIT_ACKNOWLEDGED', atMs };

describe('A round', () => {
  it('A round without a win is final once its debit is acknowledged', () => {
    const round = after(sampleIntent(), debited(noWin));
    expect(round.status).toBe('COMMITTED');
    expect(isFinal(round)).toBe(true);
    expect(owesCredit(round)).toBe(false);
  });

  it('A round owes its win until the wallet acknowledges the credit', () => {
    const committed = after(sampleIntent(), debited());
    expect(isFinal(committed)).toBe(false);
    expect(owesCredit(committed)).toBe(true);
    expect(isFinal(after(committed, credited))).toBe(true);
  });

  it('A round that is cleanly refused ends as REJECTED, but is voided where an earlier attempt is unknown', () => {
    expect(after(sampleIntent(), refused()).status).toBe('REJECTED');
    expect(after(sampleIntent(), refused(true)).status).toBe('VOIDING');
    expect(after(sampleIntent(), takenOver, refused()).status).toBe('VOIDING');
  });

  it('A round whose engine fails ends as FAILED, but is voided where an earlier actor may have reached the wallet', () => {
    expect(after(sampleIntent(), engineFailed).status).toBe('FAILED');
    expect(after(sampleIntent(), takenOver, engineFailed).status).toBe('VOIDING');
  });

  it('A round whose debit is unknown is rolled back before it is final', () => {
    const voiding = after(sampleIntent(), unknown);
    expect(isFinal(voiding)).toBe(false);
    expect(isInFlight(voiding)).toBe(true);
    expect(isFinal(after(voiding, rolledBack))).toBe(true);
  });

  it("A round keeps its outcome and the player's balance when its win is credited", () => {
    const paid = after(sampleIntent(), debited(), credited);
    expect(hasOutcome(paid) && paid.outcome).toEqual(win);
  });

  it('A round with a bet-win is final once the bet-win is acknowledged', () => {
    expect(after(oneCall, betWon()).status).toBe('CREDITED');
    expect(after(oneCall, betWon(noWin)).status).toBe('COMMITTED');
    expect(isFinal(after(oneCall, betWon(noWin)))).toBe(true);
  });

  it('A round commits by the call with which it was begun, and by no other', () => {
    expect(() => after(oneCall, debited())).toThrow(FaultError);
    expect(() => after(sampleIntent(), betWon())).toThrow(FaultError);
  });

  it('A round without a win accepts no credit', () => {
    expect(() => after(sampleIntent(), debited(noWin), credited)).toThrow(FaultError);
  });
});

describe('The state machine, after any sequence of events', () => {
  const events = fc.array(
    fc.constantFrom(
      debited(),
      debited(noWin),
      betWon(),
      betWon(noWin),
      refused(),
      refused(true),
      takenOver,
      abandoned,
      unknown,
      engineFailed,
      rolledBack,
      credited,
    ),
    { maxLength: 8 },
  );

  function walk(sequence: RoundEvent[], visit: (before: Round, after: Round) => void): void {
    walkFrom(sampleIntent(), sequence, visit);
    walkFrom(oneCall, sequence, visit);
  }

  function walkFrom(
    start: Round,
    sequence: RoundEvent[],
    visit: (before: Round, after: Round) => void,
  ): void {
    let round = start;
    for (const event of sequence) {
      try {
        const next = transition(round, event);
        visit(round, next);
        round = next;
      } catch (error) {
        expect((error as FaultError).code).toBe('ILLEGAL_TRANSITION');
      }
    }
  }

  it('No event leads out of a final status', () => {
    fc.assert(
      fc.property(events, (sequence) => walk(sequence, (before) => expect(isFinal(before)).toBe(false))),
    );
  });

  it('The state machine never voids a committed round and never commits a voided one', () => {
    fc.assert(
      fc.property(events, (sequence) =>
        walk(sequence, (before, next) => {
          if (hasOutcome(before)) expect(hasOutcome(next)).toBe(true);
          if (before.status === 'VOIDING') expect(next.status).toBe('VOIDED');
        }),
      ),
    );
  });

  it('No event lowers the epoch or changes the terms that were fixed before money moved', () => {
    fc.assert(
      fc.property(events, (sequence) =>
        walk(sequence, (before, next) => {
          expect(next.epoch).toBeGreaterThanOrEqual(before.epoch);
          expect(next.sealedOpening).toBe(before.sealedOpening);
          expect([next.roundId, next.engineHash, next.stakeMinor]).toEqual([
            before.roundId,
            before.engineHash,
            before.stakeMinor,
          ]);
        }),
      ),
    );
  });
});
