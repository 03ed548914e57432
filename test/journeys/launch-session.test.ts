import { systemRandom } from '../../shared/aws/random.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../shared/foundation/errors.ts';
import { minorAmount } from '../../shared/money/money.ts';
import type { CommittedRound, Round } from '../../shared/rounds/round.ts';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { type LaunchRequest, launchSession } from '../../shared/sessions/launch-session.ts';
import { playRound } from '../../shared/rounds/play-round.ts';
import {
  codeOf,
  coinStep,
  engineHash,
  log,
  operatorKey,
  otherOperatorKey,
  RoundsFixture,
  settings,
} from '../../shared/rounds/rounds.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const TTL_MS = 3_600_000;
const { operatorId, playerId, gameCode } = log;

let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
  table.tokens = { good: { playerId: ids.player(playerId), currency: 'EUR' } };
});

const launch = (overrides: Partial<LaunchRequest> = {}) =>
  launchSession({ ...table.ports(), random: systemRandom }, TTL_MS, {
    gameCode: ids.game(gameCode),
    operatorId: ids.operator(operatorId),
    playerId: ids.player(playerId),
    currency: 'EUR',
    token: undefined,
    operatorKey,
    ...overrides,
  });
const byToken = (token: string, overrides: Partial<LaunchRequest> = {}) =>
  launch({ operatorKey: undefined, token, ...overrides });

const round = (number: number, overrides: Partial<CommittedRound['outcome']> = {}): CommittedRound => ({
  ...sampleIntent({ log, number, engineHash }),
  status: 'COMMITTED',
  outcome: sampleOutcome({ winMinor: minorAmount(0n), view: viewOf(number), ...overrides }),
});
const rejected = (number: number): Round => {
  const { outcome: _, ...start } = round(number);
  return { ...start, status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' };
};
const viewOf = (steps: number) =>
  JSON.stringify({ outcome: {}, public_state: { steps }, bonus_triggered: null });

describe('a launch', () => {
  it('opens a session with what the client needs to show the game', async () => {
    const launched = await launch();
    expect(launched).toMatchObject({ balance: '100.00', allowedBets: ['1.00', '2.00'], bonusActive: false });
    expect(await table.sessions.get(launched.session.sessionId)).toEqual({
      sessionId: launched.session.sessionId,
      ...log,
      currency: 'EUR',
      createdAtMs: table.nowMs,
      expiresAtMs: table.nowMs + TTL_MS,
      revokedAtMs: undefined,
    });
  });

  it("tells the number of the player's next round", async () => {
    expect(await launch()).toMatchObject({ nextRoundNumber: 1 });
    await table.put(round(1));
    await table.put(rejected(2));
    expect(await launch()).toMatchObject({ nextRoundNumber: 3 });
  });

  it('opens another session each time', async () => {
    const [first, second] = [await launch(), await launch()];
    expect(first.session.sessionId).not.toBe(second.session.sessionId);
  });

  it('moves no money and leaves no round', async () => {
    await launch();
    expect(table.calls).toEqual([]);
    expect(await table.ledger.head(log)).toBeUndefined();
  });

  it('leads to a session that can be played', async () => {
    const { session } = await launch();
    const { sessionId } = session;
    expect(await playRound(table.ports(), settings, table.spin({ sessionId }))).toMatchObject({
      win: '2.00',
    });
  });
});

describe("an operator's key", () => {
  it('vouches for the player, whose token is not asked for', async () => {
    expect((await launch({ token: 'anything' })).session.playerId).toBe(playerId);
  });

  it('that is not known is refused, also where the token is good', async () => {
    expect(await codeOf(launch({ operatorKey: 'wrong', token: 'good' }))).toBe('INVALID_OPERATOR_KEY');
  });

  it('that is empty is refused', async () => {
    expect(await codeOf(launch({ operatorKey: '', token: 'good' }))).toBe('INVALID_OPERATOR_KEY');
  });

  it('opens no session for another operator', async () => {
    expect(await codeOf(launch({ operatorKey: otherOperatorKey }))).toBe('OPERATOR_MISMATCH');
  });
});

describe('a token', () => {
  it('that the wallet confirms opens a session', async () => {
    expect((await byToken('good')).session).toMatchObject(log);
  });

  it('that the wallet does not know is refused', async () => {
    expect(await codeOf(byToken('bad'))).toBe('INVALID_PLAYER_TOKEN');
  });

  it('of another player is refused', async () => {
    table.tokens = { theirs: { playerId: ids.player('somebody-else'), currency: 'EUR' } };
    expect(await codeOf(byToken('theirs'))).toBe('INVALID_PLAYER_TOKEN');
  });

  it('of an account in another currency is refused', async () => {
    table.tokens = { good: { playerId: ids.player(playerId), currency: 'USD' } };
    expect(await codeOf(byToken('good'))).toBe('ACCOUNT_CURRENCY_MISMATCH');
  });

  it('for an operator that is not is refused', async () => {
    expect(await codeOf(byToken('good', { operatorId: ids.operator('nobody') }))).toBe('UNKNOWN_OPERATOR');
  });

  it('or a key must be sent', async () => {
    expect(await codeOf(launch({ operatorKey: undefined }))).toBe('MISSING_CREDENTIALS');
  });
});

describe('what is switched off', () => {
  it.each([{ operatorKey }, { operatorKey: undefined, token: 'good' }])(
    'as an operator opens no session',
    async (how) => {
      table.operator = { ...table.operator, enabled: false };
      expect(await codeOf(launch(how))).toBe('OPERATOR_DISABLED');
    },
  );

  it('as a game opens no session', async () => {
    table.game = { ...table.game, enabled: false };
    expect(await codeOf(launch())).toBe('GAME_DISABLED');
  });

  it('or goes on by itself, as a game, opens no session', async () => {
    table.game = { ...table.game, contract: 'realtime' };
    expect(await codeOf(launch())).toBe('GAME_IS_REALTIME');
    expect(await codeOf(byToken('good'))).toBe('GAME_IS_REALTIME');
  });

  it('or was never there, as a game, opens no session', async () => {
    expect(await codeOf(launch({ gameCode: ids.game('no-such-game') }))).toBe('UNKNOWN_GAME');
  });
});

describe('the currency of a launch', () => {
  it('must be one that the server knows', async () => {
    expect(await codeOf(launch({ currency: 'XXX' }))).toBe('UNKNOWN_CURRENCY');
  });

  it('must be one that the game is offered in', async () => {
    expect(await codeOf(launch({ currency: 'USD' }))).toBe('CURRENCY_NOT_OFFERED');
  });

  it('decides how amounts are written', async () => {
    table.game = { ...table.game, bets: [{ currency: 'JPY', allowedMinor: [100n, 200n].map(minorAmount) }] };
    expect(await launch({ currency: 'JPY' })).toMatchObject({
      balance: '10000',
      allowedBets: ['100', '200'],
    });
  });
});

describe('a wallet that does not tell the balance', () => {
  it.each(['PLAYER_BLOCKED', 'LIMIT_REACHED', 'WALLET_REFUSED'] as const)(
    'for it answers %s, opens no session',
    async (code) => {
      table.replies.balance.push({ kind: 'refused', code });
      expect(await codeOf(launch())).toBe(code);
    },
  );

  it('because it does not answer, opens no session now', async () => {
    table.replies.balance.push({ kind: 'unknown', reason: 'TIMEOUT' });
    expect(await codeOf(launch())).toBe('WALLET_UNAVAILABLE');
  });
});

describe('the public state', () => {
  const publicState = async () => (await launch()).publicState;

  it("is the engine's first one for a new player", async () => {
    expect(await publicState()).toEqual({ steps: 1 });
  });

  it('is what the player saw last', async () => {
    await table.put(round(1));
    await table.put(round(2));
    expect(await publicState()).toEqual({ steps: 2 });
  });

  it('is what the player saw last also after many rounds that came to nothing', async () => {
    await table.put(round(1));
    for (let number = 2; number < 80; number += 1) await table.put(rejected(number));
    expect(await publicState()).toEqual({ steps: 1 });
  });

  it("is the engine's first one where what the player saw lies behind thousands of rounds, and few are read", async () => {
    await table.put(round(1, { view: viewOf(9) }));
    for (let number = 2; number < 3_000; number += 1) await table.put(rejected(number));
    const read = vi.spyOn(table.ledger, 'list');
    expect(await publicState()).toEqual({ steps: 1 });
    // One of them is that of the newest round, which every launch reads.
    expect(read.mock.calls.length).toBeLessThanOrEqual(5);
  });

  it("is the engine's first one where every round came to nothing", async () => {
    for (let number = 1; number < 60; number += 1) await table.put(rejected(number));
    expect(await publicState()).toEqual({ steps: 1 });
  });

  it("is the new engine's first one where the engine changed since", async () => {
    await table.put(round(1));
    await table.put(round(2));
    table.game = { ...table.game, engineHash: 'd1'.repeat(32) };
    expect(await publicState()).toEqual({ steps: 1 });
  });

  it('is that of a bonus in progress, on the engine that the bonus is finished on', async () => {
    await table.put(round(1));
    await table.put(round(2, { bonusActive: true }));
    table.game = { ...table.game, engineHash: 'd1'.repeat(32) };
    expect(await launch()).toMatchObject({ publicState: { steps: 2 }, bonusActive: true });
  });

  it('is the same as the state that the next round starts from', async () => {
    table.step = (state) => coinStep(state, 0n);
    const { session } = await launch();
    const play = (idempotencyKey: string) =>
      playRound(table.ports(), settings, table.spin({ sessionId: session.sessionId, idempotencyKey }));
    await play('a');
    table.replies.debit.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play('b'))).toBe('INSUFFICIENT_FUNDS');
    expect(await publicState()).toEqual({ steps: 2 });
    expect(await play('c')).toMatchObject({ publicState: { steps: 3 } });
  });
});

describe('a bonus', () => {
  it('is told of as active until it is played', async () => {
    await table.put(round(1, { bonusActive: true }));
    expect((await launch()).bonusActive).toBe(true);
    await table.put({ ...round(2), kind: 'bonus', stakeMinor: minorAmount(0n) });
    expect((await launch()).bonusActive).toBe(false);
  });

  it('stays active where its last action came to nothing', async () => {
    await table.put(round(1, { bonusActive: true }));
    await table.put({ ...rejected(2), kind: 'bonus', stakeMinor: minorAmount(0n) });
    expect((await launch()).bonusActive).toBe(true);
  });

  it('is told of and played on from its own state, also where thousands of its actions came to nothing', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    const { session } = await launch();
    const play = (kind: 'spin' | 'bonus', number: number) =>
      playRound(table.ports(), settings, {
        ...table.spin({ sessionId: session.sessionId, idempotencyKey: `${kind}-${number}`, kind }),
        ...(kind === 'bonus' && { betAmount: undefined }),
      });
    await play('spin', 1);
    table.step = () => Promise.reject(new EngineError('ENGINE_TRAP', 'it trapped'));
    for (let number = 1; number < 1_000; number += 1) {
      expect(await codeOf(play('bonus', number))).toBe('ROUND_FAILED');
    }
    expect((await launch()).bonusActive).toBe(true);
    table.step = (state) => coinStep(state, 0n);
    expect(await play('bonus', 1_000)).toMatchObject({ publicState: { steps: 3 }, bonusActive: false });
  });
});
