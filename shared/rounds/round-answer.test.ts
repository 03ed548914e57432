import { describe, expect, it } from 'vitest';
import { ConflictError, RgsError } from '../foundation/errors.ts';
import { minorAmount } from '../money/money.ts';
import type { Round } from './round.ts';
import type { RefusalCode } from '../wallets/wallet.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { answerTo } from './round-answer.ts';

const intent = sampleIntent();
const view = JSON.stringify({
  outcome: { reels: [1, 2, 3] },
  public_state: { spins_left: 0 },
  bonus_triggered: { name: 'free_spins', spins: 10 },
});
const committed = { ...intent, status: 'COMMITTED', outcome: sampleOutcome({ view }) } as const;

function refusalOf(round: Round): RgsError {
  try {
    answerTo(round);
  } catch (error) {
    if (error instanceof RgsError) return error;
    throw error;
  }
  throw new Error('the round was answered');
}

describe('The answer to a round with an outcome', () => {
  it("The answer has the engine's view, and amounts with all decimals of the currency", () => {
    expect(answerTo(committed)).toEqual({
      roundId: intent.roundId,
      outcome: { reels: [1, 2, 3] },
      publicState: { spins_left: 0 },
      bonusTriggered: { name: 'free_spins', spins: 10 },
      win: '2.50',
      balance: '11.50',
      winPending: true,
      bonusActive: false,
      nextRoundNumber: 2,
    });
  });

  it('The answer is the same before and after the credit, to the byte, and says apart that the win was pending', () => {
    const credited = { ...committed, status: 'CREDITED', updatedAtMs: intent.updatedAtMs + 9_000 } as const;
    const { winPending: before, ...told } = answerTo(committed);
    const { winPending: after, ...repeated } = answerTo(credited);
    expect(JSON.stringify(repeated)).toBe(JSON.stringify(told));
    expect([before, after]).toEqual([true, false]);
  });

  it('No win is pending where there is none', () => {
    const lost = sampleOutcome({ view, winMinor: minorAmount(0n) });
    expect(answerTo({ ...committed, outcome: lost }).winPending).toBe(false);
  });

  it.each([
    ['JPY', '250', '1150'],
    ['KWD', '0.250', '1.150'],
    ['BTC', '0.00000250', '0.00001150'],
  ])('The answer has the decimals of %s', (currency, win, balance) => {
    expect(answerTo({ ...committed, currency })).toMatchObject({ win, balance });
  });

  it('The answer holds nothing that is sealed', () => {
    const text = JSON.stringify(answerTo(committed));
    expect(text).not.toMatch(/sealed|seed|engineHash|idempotency/i);
  });
});

describe('The answer to a round without an outcome', () => {
  it.each(['INSUFFICIENT_FUNDS', 'LIMIT_REACHED', 'PLAYER_BLOCKED', 'WALLET_REFUSED'] as const)(
    'The answer has the refusal of the wallet: %s',
    (refusal: RefusalCode) => {
      const error = refusalOf({ ...intent, status: 'REJECTED', refusal });
      expect(error).toMatchObject({
        code: refusal,
        roundId: intent.roundId,
        nextRoundNumber: 2,
        retryable: false,
      });
      expect(error.message).toMatch(/^(?:\S+ )+\S+$/);
    },
  );

  it('The answer says that nothing was charged where the engine failed, and not how it failed', () => {
    const error = refusalOf({ ...intent, status: 'FAILED', failure: 'ENGINE_TRAP' });
    expect(error).toMatchObject({ code: 'ROUND_FAILED', roundId: intent.roundId, nextRoundNumber: 2 });
    expect(error.message).toContain('nothing was charged');
    expect(error.message).not.toContain('TRAP');
  });

  it('The answer is the same before and after the rollback', () => {
    const voiding = refusalOf({ ...intent, status: 'VOIDING', reason: 'DEBIT_UNKNOWN' });
    const voided = refusalOf({ ...intent, status: 'VOIDED', reason: 'DEBIT_UNKNOWN' });
    expect(voiding).toMatchObject({ code: 'ROUND_VOIDED', roundId: intent.roundId, nextRoundNumber: 2 });
    expect(voided).toEqual(voiding);
  });

  it('The answer asks to repeat the request soon where the round is in flight', () => {
    const error = refusalOf(intent);
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({ code: 'ROUND_IN_FLIGHT', retryable: true, retryAfterMs: 1_000 });
  });
});
