import { describe, expect, it } from 'vitest';
import { minorAmount, NOTHING } from '../money/money.ts';
import { assertWinFollows } from './assert-win.ts';
import { recoverRound } from './recover-round.ts';
import type { GameSoFar, Round } from './round.ts';
import { codeOf, log, RoundsFixture, settings } from './rounds.fixture.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';

const declared = (maxWinMillionths: bigint | undefined) => async () => ({ maxWinMillionths });

function won(payoutMillionths: bigint, winMinor: bigint, given: Partial<Round> = {}): Round {
  const outcome = sampleOutcome({ payoutMillionths, winMinor: minorAmount(winMinor) });
  return { ...sampleIntent(), ...given, status: 'COMMITTED', outcome };
}

describe('The win of a round that recovery credits', () => {
  it('A win that is its payout times its bet, and no more than declared, follows', async () => {
    await expect(assertWinFollows(declared(2_500_000n), won(2_500_000n, 250n))).resolves.toBeUndefined();
    await expect(assertWinFollows(declared(0n), sampleIntent())).resolves.toBeUndefined();
  });

  it.each([
    ['is a minor unit more than its payout', won(2_500_000n, 251n), 50_000_000n],
    ['is a minor unit less than its payout', won(2_500_000n, 249n), 50_000_000n],
    ['is more than its engine declared', won(2_500_000n, 250n), 2_499_999n],
    ['is of an engine that nobody published', won(2_500_000n, 250n), undefined],
  ])('A win is refused that %s', async (_, round, most) => {
    await expect(assertWinFollows(declared(most), round)).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
      roundId: round.roundId,
    });
  });

  it('The wins of a bonus count together with the win of the action that opened it', async () => {
    const gameSoFar: GameSoFar = { openedBy: 'spin', steps: 3, payoutMillionths: 48_000_000n };
    const bonus = won(2_500_000n, 250n, { kind: 'bonus', stakeMinor: NOTHING, gameSoFar });
    await expect(assertWinFollows(declared(50_500_000n), bonus)).resolves.toBeUndefined();
    await expect(assertWinFollows(declared(50_499_999n), bonus)).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
    });
  });

  it('Recovery credits no win that does not follow, and leaves it for a person', async () => {
    const table = new RoundsFixture();
    await table.put(won(2_500_000n, 999n, { log, roundId: sampleIntent({ log }).roundId }));
    const request = { log, number: 1, purpose: 'finish', attempt: 0 } as const;
    expect(await codeOf(recoverRound(table.ports(), settings, request))).toBe('CORRUPT_RECORD');
    expect(table.calls).toEqual([]);
    expect(table.recovery.nextDueAtMs).toBeUndefined();
  });
});
