import { expect, it } from 'vitest';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { owedSince } from '../../shared/rounds/owed-round.ts';
import { listedRound, pendingText } from './pending-rounds.ts';

const round = { ...sampleIntent(), status: 'COMMITTED', outcome: sampleOutcome() } as const;

it('The list of pending rounds names the operator, the player, the round, what is owed, and since when', () => {
  const { log, roundId, walletId } = round;
  const owedSinceMs = owedSince(round);
  const pending = { round, owes: 'credit', amountMinor: round.outcome.winMinor, owedSinceMs } as const;
  const [head, ...rows] = pendingText([listedRound(pending)]).split('\n');
  expect(head?.split(/ {2,}/).slice(0, 3)).toEqual(['owes', 'since', 'amount']);
  expect(rows).toHaveLength(1);
  for (const part of ['credit', '2.50 EUR', log.operatorId, log.playerId, walletId, roundId])
    expect(rows[0]).toContain(part);
  expect(rows[0]).toContain(new Date(owedSinceMs).toISOString());
});

it('An empty list of pending rounds says so in words', () => {
  expect(pendingText([])).toBe('No credit and no rollback is pending.');
});
