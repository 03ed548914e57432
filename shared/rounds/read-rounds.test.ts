import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoundId, RoundLog, SessionId } from '../foundation/ids.ts';
import type { IntentRound } from './round.ts';
import { minorAmount } from '../money/money.ts';
import { logHashOf, roundIdOf } from './round-address.ts';
import { logFrozen } from './round-chain.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { listRounds, type RoundPageRequest, readRound } from './read-rounds.ts';
import {
  codeOf,
  log,
  operatorKey,
  otherOperatorKey,
  RoundsFixture,
  sessionId,
  settings,
} from './rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const laterSession = ids.session('11111111-5b6c-4d7e-9f80-112233445566');
const strangerSession = ids.session('22222222-5b6c-4d7e-9f80-112233445566');

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
  await table.open({ sessionId: strangerSession, playerId: ids.player('stranger') });
});

const round = (number: number, overrides: Partial<IntentRound> = {}) =>
  sampleIntent({
    log,
    number,
    sessionId: sessionId,
    startedAtMs: table.nowMs + number,
    ...overrides,
  });
const play = async (...numbers: number[]) => {
  for (const number of numbers) await table.put(round(number));
};
/** Somebody who has no data key raises the stake of a stored round. */
const forge = (number: number) => {
  const rounds = table.ledger.stored.get(logHashOf(log));
  const stored = rounds?.get(number);
  if (stored) rounds?.set(number, { ...stored, stakeMinor: minorAmount(1n) });
};
const list = (overrides: Partial<RoundPageRequest> = {}) =>
  listRounds(table.ports(), settings, {
    sessionId: sessionId,
    operatorKey: undefined,
    cursor: undefined,
    limit: 20,
    ...overrides,
  });

/** Reads every page, as a client does. */
async function pages(limit: number, of = sessionId): Promise<number[][]> {
  const found: number[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list({ limit, cursor, sessionId: ids.session(of) });
    found.push(page.rounds.map(({ number }) => number));
    if (page.nextCursor === undefined) return found;
    cursor = page.nextCursor;
  }
}

describe('The rounds of a session', () => {
  it('The rounds come newest first, in pages', async () => {
    await play(1, 2, 3, 4, 5);
    expect(await pages(2)).toEqual([[5, 4], [3, 2], [1]]);
  });

  it('The pages end without an empty one where the last page is just full', async () => {
    await play(1, 2, 3, 4);
    expect(await pages(2)).toEqual([
      [4, 3],
      [2, 1],
    ]);
  });

  it('There are no rounds before the first spin', async () => {
    expect(await list()).toEqual({ rounds: [], unreadableNumbers: [], nextCursor: undefined });
  });

  it('A round that somebody changed hides no other, and only its number is told', async () => {
    await play(1, 2, 3, 4);
    forge(3);
    expect(await list()).toMatchObject({
      rounds: [{ number: 4 }, { number: 2 }, { number: 1 }],
      unreadableNumbers: [3],
      nextCursor: undefined,
    });
  });

  it('The pages go on behind rounds that somebody changed, the newest and the oldest included', async () => {
    await play(1, 2, 3, 4, 5);
    for (const number of [1, 3, 4, 5]) forge(number);
    expect(await list({ limit: 1 })).toMatchObject({
      rounds: [{ number: 2 }],
      unreadableNumbers: [5, 4, 3],
      nextCursor: '2',
    });
    expect(await list({ limit: 1, cursor: '2' })).toEqual({
      rounds: [],
      unreadableNumbers: [1],
      nextCursor: undefined,
    });
  });

  it("A session's rounds leave out those of other sessions of the same player, and those before it", async () => {
    await play(1, 2);
    table.nowMs += 1_000;
    await table.open({ sessionId: laterSession, createdAtMs: table.nowMs });
    await table.put(round(3, { sessionId: laterSession }));
    await table.put(round(4));
    await table.put(round(5, { sessionId: laterSession }));
    expect(await pages(1)).toEqual([[4], [2], [1]]);
    expect(await pages(10, laterSession)).toEqual([[5, 3]]);
  });

  it('The rounds are found behind any number of rounds of other sessions', async () => {
    await play(1);
    for (let number = 2; number < 60; number += 1)
      await table.put(round(number, { sessionId: laterSession }));
    expect(await pages(5)).toEqual([[1]]);
  });

  it('A page costs few queries, however many rounds of another session lie between', async () => {
    await play(1);
    for (let number = 2; number <= 5_000; number += 1)
      await table.put(round(number, { sessionId: laterSession }));
    const read = vi.spyOn(table.ledger, 'list');
    const page = await list({ limit: 1 });
    expect(page.rounds).toEqual([]);
    expect(page.nextCursor).toBeDefined();
    expect(read.mock.calls.length).toBeLessThanOrEqual(5);
    expect((await pages(1)).flat()).toEqual([1]);
    expect(read.mock.calls.length).toBeLessThan(80);
    expect(Math.max(...read.mock.calls.map(([, { limit }]) => limit))).toBe(100);
  });

  it('A page is short where the rest would take too long to find, and the cursor goes on', async () => {
    await play(1);
    for (let number = 2; number <= 1_000; number += 1)
      await table.put(round(number, { sessionId: laterSession }));
    await play(1_001);
    const told = await pages(2);
    expect(told.flat()).toEqual([1_001, 1]);
    expect(told[0]).toEqual([1_001]);
  });

  it('The rounds are searched no further back than the session began', async () => {
    for (let number = 1; number <= 100; number += 1) await table.put(round(number));
    table.nowMs += 1_000;
    await table.open({ sessionId: laterSession, createdAtMs: table.nowMs });
    await table.put(round(101, { sessionId: laterSession }));
    const read = vi.spyOn(table.ledger, 'list');
    expect(await pages(5, laterSession)).toEqual([[101]]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('Each round is shown exactly once, whatever the size of the pages', async () => {
    const sessions = fc.array(fc.constantFrom(sessionId, laterSession), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sessions, fc.integer({ min: 1, max: 12 }), async (owners, limit) => {
        table = new RoundsFixture();
        await table.open();
        for (const [index, owner] of owners.entries())
          await table.put(round(index + 1, { sessionId: ids.session(owner) }));
        const mine = owners.flatMap((owner, index) => (owner === sessionId ? [index + 1] : []));
        const told = await pages(limit);
        expect(told.flat()).toEqual(mine.toReversed());
        expect(told.every((page) => page.length <= limit)).toBe(true);
      }),
    );
  });

  it('The rounds of a revoked session are refused, but to its operator', async () => {
    await play(1);
    await table.sessions.revoke(sessionId, table.nowMs);
    expect(await codeOf(list())).toBe('SESSION_REVOKED');
    expect(await codeOf(list({ operatorKey: 'wrong' }))).toBe('INVALID_OPERATOR_KEY');
    table.nowMs += 30 * 86_400_000;
    expect(await codeOf(list())).toBe('SESSION_REVOKED');
    expect((await list({ operatorKey })).rounds).toHaveLength(1);
  });

  it('The rounds of a session that has expired are refused, but to its operator', async () => {
    await play(1);
    table.nowMs += 3_600_000;
    await table.put(round(2));
    expect(await codeOf(list())).toBe('SESSION_EXPIRED');
    expect((await list({ operatorKey })).rounds).toHaveLength(2);
  });

  it('The rounds of a session are refused when its player has played nothing for as long as it may', async () => {
    table.nowMs += settings.sessionIdleMs - 1;
    await table.put(round(1, { startedAtMs: table.nowMs }));
    table.nowMs += settings.sessionIdleMs - 1;
    for (const cursor of [undefined, '1']) expect(await list({ cursor })).toHaveProperty('rounds');
    table.nowMs += 1;
    for (const cursor of [undefined, '1']) expect(await codeOf(list({ cursor }))).toBe('SESSION_EXPIRED');
  });

  it('A session is as live as its newest readable round, whatever somebody changed after it', async () => {
    table.nowMs += settings.sessionIdleMs - 1;
    await table.put(round(1, { startedAtMs: table.nowMs }));
    await play(2, 3);
    for (const number of [2, 3]) forge(number);
    table.nowMs += settings.sessionIdleMs - 1;
    expect(await list()).toMatchObject({ rounds: [{ number: 1 }], unreadableNumbers: [3, 2] });
    table.nowMs += 1;
    expect(await codeOf(list())).toBe('SESSION_EXPIRED');
  });

  it('A session is live until it ends where somebody changed all of its newest rounds', async () => {
    await play(1, 2, 3, 4, 5, 6);
    for (const number of [2, 3, 4, 5, 6]) forge(number);
    table.nowMs += settings.sessionIdleMs;
    expect(await list()).toMatchObject({ rounds: [{ number: 1 }] });
    table.nowMs += 3_600_000 - settings.sessionIdleMs;
    expect(await codeOf(list())).toBe('SESSION_EXPIRED');
  });

  it('The rounds of a session are shown while its log is frozen', async () => {
    await play(1);
    table.nowMs += settings.sessionIdleMs;
    await table.put(round(2));
    vi.spyOn(table.ledger, 'head').mockRejectedValue(logFrozen());
    expect((await list()).rounds).toHaveLength(2);
  });

  it("The rounds are shown to the session's operator, and to no other", async () => {
    await play(1);
    expect((await list({ operatorKey })).rounds).toHaveLength(1);
    expect(await codeOf(list({ operatorKey: otherOperatorKey }))).toBe('UNKNOWN_SESSION');
    expect(await codeOf(list({ operatorKey: 'wrong' }))).toBe('INVALID_OPERATOR_KEY');
  });

  it("A session's rounds are only those of its own player", async () => {
    await play(1, 2);
    expect(await list({ sessionId: strangerSession })).toEqual({
      rounds: [],
      unreadableNumbers: [],
      nextCursor: undefined,
    });
  });

  it('The rounds of a session that does not exist are refused', async () => {
    expect(await codeOf(list({ sessionId: laterSession }))).toBe('UNKNOWN_SESSION');
  });

  it.each(['', '0', '-1', '1.5', '1e3', ' 1', 'next', '01x', '1234567890', '٣'])(
    'A cursor that was never given is refused: "%s"',
    async (cursor) => {
      await play(1);
      expect(await codeOf(list({ cursor }))).toBe('INVALID_CURSOR');
    },
  );

  it('Rounds with the largest views come in pages that a function can answer, and none is left out', async () => {
    const view = `{"outcome":"${'x'.repeat(65_000)}"}`;
    for (let number = 1; number <= 100; number += 1)
      await table.put({ ...round(number), status: 'COMMITTED', outcome: sampleOutcome({ view }) });
    const told = await pages(100);
    expect(Math.max(...told.map((page) => page.length)) * view.length).toBeLessThan(2_100_000);
    expect(told.flat()).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
  });
});

describe('One round', () => {
  const credentials = (key?: string, session?: SessionId) => ({ operatorKey: key, sessionId: session });
  const read = (roundId: RoundId, ...[key, session]: Parameters<typeof credentials>) =>
    readRound(table.ports(), settings, credentials(key, session), roundId);

  const unused = roundIdOf(log, 2, 1_700_000_000_000);
  let played: RoundId;

  beforeEach(async () => {
    played = (await table.put(round(1))).roundId;
  });

  it('A round is shown to its operator and to its player', async () => {
    expect((await read(played, operatorKey)).number).toBe(1);
    expect((await read(played, undefined, sessionId)).number).toBe(1);
  });

  it('A round is shown to its player in a later session, at any game', async () => {
    await table.open({ sessionId: laterSession, gameCode: ids.game('another') });
    expect((await read(played, undefined, laterSession)).number).toBe(1);
  });

  it('A round is not shown to its player by a session that has ended, but to its operator', async () => {
    await table.sessions.revoke(strangerSession, table.nowMs);
    expect(await codeOf(read(played, undefined, strangerSession))).toBe('SESSION_REVOKED');
    table.nowMs += settings.sessionIdleMs + 2;
    expect(await codeOf(read(played, undefined, sessionId))).toBe('SESSION_EXPIRED');
    await table.open({ sessionId: laterSession, createdAtMs: table.nowMs });
    expect((await read(played, undefined, laterSession)).number).toBe(1);
    expect((await read(played, operatorKey)).number).toBe(1);
  });

  it('A round does not exist for another operator, nor for another player', async () => {
    expect(await codeOf(read(played, otherOperatorKey))).toBe('UNKNOWN_ROUND');
    expect(await codeOf(read(played, undefined, strangerSession))).toBe('UNKNOWN_ROUND');
  });

  it('A round does not exist for a player of the same id at another operator', async () => {
    const elsewhere: RoundLog = { ...log, operatorId: ids.operator('other') };
    await table.open({ sessionId: laterSession, ...elsewhere });
    expect(await codeOf(read(played, undefined, laterSession))).toBe('UNKNOWN_ROUND');
  });

  it('A round is refused in the same words whether it exists or not', async () => {
    const refusals = await Promise.allSettled([
      read(played, otherOperatorKey),
      read(unused, otherOperatorKey),
    ]);
    const [foreign, missing] = refusals.map((refusal) =>
      refusal.status === 'rejected' ? String(refusal.reason) : 'told',
    );
    expect(foreign).toBe(missing);
    expect(foreign).not.toBe('told');
  });

  it('A round is shown to nobody without credentials', async () => {
    expect(await codeOf(read(played))).toBe('MISSING_CREDENTIALS');
    expect(await codeOf(read(played, 'wrong', sessionId))).toBe('INVALID_OPERATOR_KEY');
    expect(await codeOf(read(played, undefined, laterSession))).toBe('UNKNOWN_SESSION');
  });
});
