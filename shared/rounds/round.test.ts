import { describe, expect, it } from 'vitest';
import {
  continuationOf,
  gameBefore,
  hasOutcome,
  isFinal,
  isHeld,
  isInFlight,
  nextNumberAfter,
  owesCredit,
  owesLastRollback,
  type Round,
  stakeMovementOf,
  stakeTransactionId,
  winTransactionId,
} from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { transition } from './round-transitions.ts';
import { logHashOf } from './round-address.ts';
import { transactionId } from './transaction-id.ts';
import { minorAmount } from '../money/money.ts';

const intent = sampleIntent();
const { roundId } = intent;
const outcome = sampleOutcome();
const lost = sampleOutcome({ payoutMillionths: 0n, winMinor: minorAmount(0n) });
const rounds: Record<string, Round> = {
  INTENT: intent,
  'COMMITTED with a win': { ...intent, status: 'COMMITTED', outcome },
  'COMMITTED without a win': { ...intent, status: 'COMMITTED', outcome: lost },
  CREDITED: { ...intent, status: 'CREDITED', outcome },
  REJECTED: { ...intent, status: 'REJECTED', refusal: 'LIMIT_REACHED' },
  FAILED: { ...intent, status: 'FAILED', failure: 'ENGINE_TRAP' },
  VOIDING: { ...intent, status: 'VOIDING', reason: 'ABANDONED' },
  VOIDED: { ...intent, status: 'VOIDED', reason: 'ABANDONED' },
};

describe('A round', () => {
  it.each([
    ['INTENT', { final: false, inFlight: true, decided: false, owes: false, owesRollback: false }],
    [
      'COMMITTED with a win',
      { final: false, inFlight: false, decided: true, owes: true, owesRollback: false },
    ],
    [
      'COMMITTED without a win',
      { final: true, inFlight: false, decided: true, owes: false, owesRollback: false },
    ],
    ['CREDITED', { final: true, inFlight: false, decided: true, owes: false, owesRollback: false }],
    ['REJECTED', { final: true, inFlight: false, decided: false, owes: false, owesRollback: false }],
    ['FAILED', { final: true, inFlight: false, decided: false, owes: false, owesRollback: false }],
    ['VOIDING', { final: false, inFlight: true, decided: false, owes: false, owesRollback: false }],
    ['VOIDED', { final: true, inFlight: false, decided: false, owes: false, owesRollback: true }],
  ])('A round that is %s has these properties: %o', (status, stands) => {
    const round = rounds[status]!;
    expect({
      final: isFinal(round),
      inFlight: isInFlight(round),
      decided: hasOutcome(round),
      owes: owesCredit(round),
      owesRollback: owesLastRollback(round),
    }).toEqual(stands);
  });

  it('A round is held until the lease has passed since its last write', () => {
    const round = sampleIntent({ updatedAtMs: 10_000 });
    expect([10_000, 10_999, 11_000].map((nowMs) => isHeld(round, 1_000, nowMs))).toEqual([true, true, false]);
  });

  it('The first round of a log has number 1, and each other one the next number', () => {
    expect([nextNumberAfter(undefined), nextNumberAfter({ number: 7 })]).toEqual([1, 8]);
  });
});

describe('The transactions of a round', () => {
  it('Transactions are named by the round and the movement, so that each attempt names the same one', () => {
    const round = sampleIntent({ intentMac: new Uint8Array(16).fill(0xab) });
    expect(transactionId(round, 'debit')).toBe(`${round.roundId}:abababababababab:debit`);
    expect(transactionId(round, 'bet-win')).toBe(`${round.roundId}:abababababababab:bet-win`);
  });

  it('The win of a round without a stake is named by log and number alone, whatever its intent was', () => {
    const bonus = sampleIntent({ number: 7, stakeMinor: minorAmount(0n) });
    const again = { ...bonus, roundId: rounds['INTENT']!.roundId, intentMac: new Uint8Array(16) };
    expect(transactionId(bonus, 'credit')).toBe(`${logHashOf(bonus.log)}:7:credit`);
    expect(transactionId(again, 'credit')).toBe(transactionId(bonus, 'credit'));
  });

  const committed = rounds['COMMITTED with a win']!;
  const mac = '1e'.repeat(8);

  it('A round has a debit and a credit, or one bet-win for both', () => {
    expect([stakeTransactionId(committed), winTransactionId(committed)]).toEqual([
      `${roundId}:${mac}:debit`,
      `${roundId}:${mac}:credit`,
    ]);
    const oneCall: Round = { ...committed, walletCalls: 'bet-win' };
    expect([stakeTransactionId(oneCall), winTransactionId(oneCall)]).toEqual([
      `${roundId}:${mac}:bet-win`,
      `${roundId}:${mac}:bet-win`,
    ]);
    expect([stakeMovementOf(committed), stakeMovementOf(oneCall)]).toEqual(['debit', 'bet-win']);
  });

  it('There is no transaction where there is no stake, no win or no outcome', () => {
    expect(stakeTransactionId({ ...committed, stakeMinor: minorAmount(0n) })).toBeUndefined();
    expect(stakeTransactionId({ ...committed, stakeMinor: minorAmount(1n) })).toBe(`${roundId}:${mac}:debit`);
    expect(winTransactionId(rounds['COMMITTED without a win']!)).toBeUndefined();
    expect(winTransactionId(intent)).toBeUndefined();
  });
});

describe('The continuation of a log', () => {
  const game = { openedBy: 'spin', steps: 2, payoutMillionths: 1_000_000n };
  const bonus = sampleIntent({
    kind: 'bonus',
    action: 'free_spin',
    stakeMinor: minorAmount(0n),
    gameSoFar: game,
  });

  it('The next round continues with bonus, bet, currency and engine of the newest round', () => {
    const round: Round = { ...intent, status: 'COMMITTED', outcome: { ...outcome, bonusActive: true } };
    const { baseBetMinor, currency, engineHash } = intent;
    expect(continuationOf(round)).toEqual({
      bonusActive: true,
      baseBetMinor,
      currency,
      engineHash,
      gameSoFar: { openedBy: 'spin', steps: 1, payoutMillionths: 2_500_000n },
    });
  });

  it('The next round continues with the bonus that a round without an outcome has found, and no other', () => {
    const failed = { status: 'FAILED', failure: 'ENGINE_TRAP' } as const;
    expect(continuationOf({ ...intent, ...failed }).bonusActive).toBe(false);
    expect(continuationOf({ ...bonus, ...failed })).toMatchObject({ bonusActive: true, gameSoFar: game });
  });

  it('The next round continues the game with one more step, and the sum of its payouts', () => {
    expect(continuationOf({ ...bonus, status: 'CREDITED', outcome }).gameSoFar).toEqual({
      openedBy: 'spin',
      steps: 3,
      payoutMillionths: 3_500_000n,
    });
  });

  it('The next round continues no game where earlier steps did not record it', () => {
    const untold: Round = { ...bonus, gameSoFar: undefined, status: 'CREDITED', outcome };
    expect(continuationOf(untold).gameSoFar).toBeUndefined();
    expect(gameBefore(intent)).toEqual({ openedBy: 'spin', steps: 0, payoutMillionths: 0n });
    expect(gameBefore(bonus)).toEqual(game);
  });
});

describe('An event of the state machine', () => {
  const atMs = intent.updatedAtMs + 5;

  it.each([
    ['an unknown debit', { type: 'DEBIT_UNKNOWN', atMs }, 'DEBIT_UNKNOWN', 1],
    [
      'a refusal after an unknown attempt',
      { type: 'DEBIT_REFUSED', refusal: 'LIMIT_REACHED', earlierAttemptUnknown: true, atMs },
      'REFUSED_AFTER_UNKNOWN',
      1,
    ],
    ['an abandoned intent', { type: 'ABANDONED', atMs }, 'ABANDONED', 2],
  ] as const)('A voiding round records why it is voided: %s', (_, event, reason, epoch) => {
    expect(transition(intent, event)).toEqual({
      ...intent,
      status: 'VOIDING',
      reason,
      epoch,
      updatedAtMs: atMs,
    });
  });

  it('A round records why it is voided where an engine fails under the second owner', () => {
    const takenOver = transition(intent, { type: 'TAKEN_OVER', atMs });
    expect(takenOver).toEqual({ ...intent, epoch: 2, updatedAtMs: atMs });
    expect(transition(takenOver, { type: 'ENGINE_FAILED', failure: 'ENGINE_TRAP', atMs })).toEqual({
      ...takenOver,
      status: 'VOIDING',
      reason: 'ENGINE_FAILED_AFTER_UNKNOWN',
    });
  });

  it('An event stamps the round, whatever it leads to', () => {
    const refused = {
      type: 'DEBIT_REFUSED',
      refusal: 'LIMIT_REACHED',
      earlierAttemptUnknown: false,
      atMs,
    } as const;
    expect(transition(intent, refused)).toEqual({ ...rounds['REJECTED'], updatedAtMs: atMs });
    expect(transition(intent, { type: 'ENGINE_FAILED', failure: 'ENGINE_TRAP', atMs })).toEqual({
      ...rounds['FAILED'],
      updatedAtMs: atMs,
    });
    const committed = transition(intent, { type: 'DEBIT_ACKNOWLEDGED', outcome, atMs });
    expect(committed).toEqual({ ...rounds['COMMITTED with a win'], updatedAtMs: atMs });
    expect(transition(committed, { type: 'CREDIT_ACKNOWLEDGED', atMs: atMs + 1 })).toEqual({
      ...rounds['CREDITED'],
      updatedAtMs: atMs + 1,
    });
    expect(transition(rounds['VOIDING']!, { type: 'ROLLBACK_ACKNOWLEDGED', atMs })).toEqual({
      ...rounds['VOIDED'],
      updatedAtMs: atMs,
    });
  });

  it('An event that does not fit the status is refused with the id of the round', () => {
    expect(() => transition(rounds['VOIDED']!, { type: 'CREDIT_ACKNOWLEDGED', atMs })).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_TRANSITION', roundId }),
    );
  });
});
