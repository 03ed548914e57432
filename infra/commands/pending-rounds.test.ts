import { expect, it } from 'vitest';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { owedSince } from '../../shared/rounds/owed-round.ts';
import { listedRound, pendingText, unreadableRound } from './pending-rounds.ts';

const round = { ...sampleIntent(), status: 'COMMITTED', outcome: sampleOutcome() } as const;

it('The list of pending rounds names the operator, the player, the round, what is owed, and since when', () => {
  const { log, roundId, walletId } = round;
  const owedSinceMs = owedSince(round);
  const pending = { round, owes: 'credit', amountMinor: round.outcome.winMinor, owedSinceMs } as const;
  const [head, ...rows] = pendingText({ pending: [listedRound(pending)], unreadable: [] }).split('\n');
  expect(head?.split(/ {2,}/).slice(0, 3)).toEqual(['owes', 'since', 'amount']);
  expect(rows).toHaveLength(1);
  for (const part of ['credit', '2.50 EUR', log.operatorId, log.playerId, walletId, roundId])
    expect(rows[0]).toContain(part);
  expect(rows[0]).toContain(new Date(owedSinceMs).toISOString());
});

it('An empty list of pending rounds says so in words', () => {
  expect(pendingText({ pending: [], unreadable: [] })).toBe('No credit and no rollback is pending.');
});

it('The list of pending rounds names the rounds that somebody has changed, after all others', () => {
  const { log, number } = round;
  const lines = pendingText({ pending: [], unreadable: [unreadableRound(round)] }).split('\n');
  expect(lines).toHaveLength(4);
  for (const part of [log.operatorId, log.playerId, log.gameCode, String(number)])
    expect(lines[3]).toContain(part);
});
