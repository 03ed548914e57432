import { describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import { accountedRound, isUnfinished } from './accounted-round.ts';
import { isFinal, type Round } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';

const intent = sampleIntent({ updatedAtMs: 7 });
const { roundId } = intent;
const mac = '1e'.repeat(8);
const won: Round = { ...intent, status: 'CREDITED', outcome: sampleOutcome() };
const account = {
  roundId,
  playerId: 'player123',
  walletId: 'main',
  currency: 'EUR',
  startedAtMs: intent.startedAtMs,
  updatedAtMs: 7,
};

describe('The account of a round', () => {
  it('The account of a round has stake and win with the transactions that move them', () => {
    expect(accountedRound(won)).toEqual({
      ...account,
      status: 'CREDITED',
      stake: { transactionId: `${roundId}:${mac}:debit`, amountMinor: 100n },
      win: { transactionId: `${roundId}:${mac}:credit`, amountMinor: 250n },
    });
    expect(accountedRound({ ...won, walletCalls: 'bet-win' })).toMatchObject({
      stake: { transactionId: `${roundId}:${mac}:bet-win`, amountMinor: 100n },
      win: { transactionId: `${roundId}:${mac}:bet-win`, amountMinor: 250n },
    });
  });

  it('The account has no win before there is an outcome, and none where the outcome won nothing', () => {
    const stake = { transactionId: `${roundId}:${mac}:debit`, amountMinor: 100n };
    expect(accountedRound(intent)).toEqual({ ...account, status: 'INTENT', stake, win: undefined });
    const lost: Round = { ...won, outcome: sampleOutcome({ winMinor: minorAmount(0n) }) };
    expect(accountedRound(lost)).toEqual({ ...account, status: 'CREDITED', stake, win: undefined });
  });

  it('A bonus action has no stake in its account', () => {
    expect(accountedRound({ ...won, stakeMinor: minorAmount(0n) })).toMatchObject({
      stake: undefined,
      win: { amountMinor: 250n },
    });
  });
});

it('A round counts as unfinished exactly where it is not final', () => {
  const outcomes = [sampleOutcome(), sampleOutcome({ winMinor: minorAmount(0n) })];
  const rounds: Round[] = [
    intent,
    ...outcomes.map((outcome): Round => ({ ...intent, status: 'COMMITTED', outcome })),
    won,
    { ...intent, status: 'REJECTED', refusal: 'LIMIT_REACHED' },
    { ...intent, status: 'FAILED', failure: 'ENGINE_TRAP' },
    { ...intent, status: 'VOIDING', reason: 'ABANDONED' },
    { ...intent, status: 'VOIDED', reason: 'ABANDONED' },
  ];
  expect(rounds.map((round) => isUnfinished(accountedRound(round)))).toEqual(
    rounds.map((round) => !isFinal(round)),
  );
  expect(rounds.filter(isFinal)).toHaveLength(5);
});
