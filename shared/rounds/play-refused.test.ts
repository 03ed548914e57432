import { beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { type PlayRequest, playRound } from './play-round.ts';
import { codeOf, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));

describe('A wrong request', () => {
  it.each([
    ['a session that does not exist', { sessionId: ids.session('of-nobody') }, 'UNKNOWN_SESSION'],
    ['a session of another game', { gameCode: ids.game('other') }, 'SESSION_GAME_MISMATCH'],
    ['a bet that is not offered', { betAmount: '3.00' }, 'BET_NOT_OFFERED'],
    ['a bet of zero', { betAmount: '0.00' }, 'BET_NOT_OFFERED'],
    ['a negative bet', { betAmount: '-1.00' }, 'INVALID_AMOUNT'],
    ['a bet with too many decimals', { betAmount: '1.001' }, 'AMOUNT_TOO_PRECISE'],
    ['lines that are not offered', { betLines: 19 }, 'BET_LINES_NOT_OFFERED'],
  ])('A wrong request gets its code, leaves no round and moves no money: %s', async (_, overrides, code) => {
    expect(await codeOf(play(overrides))).toBe(code);
    expect(await table.ledger.head(log)).toBeUndefined();
    expect(table.calls).toEqual([]);
  });

  it('A request is refused where its session lay unused for too long', async () => {
    await play();
    table.nowMs += settings.sessionIdleMs;
    expect(await codeOf(play({ idempotencyKey: 'late' }))).toBe('SESSION_EXPIRED');
  });

  it('A request for a new round of a disabled operator is refused', async () => {
    table.operator = { ...table.operator, enabled: false };
    expect(await codeOf(play())).toBe('OPERATOR_DISABLED');
  });
});
