import { sampleOperator } from '../operators/operator.fixture.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyError } from '../foundation/errors.ts';
import { type PlayRequest, playRound } from './play-round.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));

describe('A wallet that cannot be called', () => {
  it.each(['debit-credit', 'bet-win'] as const)(
    'A spin is refused before anything is written, so that the next one is free (%s)',
    async (walletCalls) => {
      table.operator = sampleOperator({ walletCalls });
      table.walletFailure = new DependencyError('WALLET_UNAVAILABLE', 'its key cannot be read');
      expect(await codeOf(play())).toBe('WALLET_UNAVAILABLE');
      expect(await table.ledger.head(log)).toBeUndefined();
      expect(table.calls).toEqual([]);
      table.walletFailure = undefined;
      expect(await play()).toMatchObject({ win: '2.00' });
    },
  );

  it('A wallet is not checked where no call follows: for a bonus action, or a round that has its outcome', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    const first = await play();
    table.walletFailure = new DependencyError('WALLET_UNAVAILABLE', 'its key cannot be read');
    expect(await play()).toEqual(first);
    expect(await play({ kind: 'bonus', betAmount: undefined, idempotencyKey: 'bonus' })).toMatchObject({
      win: '0.00',
    });
  });
});
