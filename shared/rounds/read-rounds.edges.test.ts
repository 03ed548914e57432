import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IntentRound } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { listRounds } from './read-rounds.ts';
import { log, RoundsFixture, sessionId, settings } from './rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const otherSession = '11111111-5b6c-4d7e-9f80-112233445566';
let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const round = (number: number, overrides: Partial<IntentRound> = {}) =>
  sampleIntent({
    log,
    number,
    sessionId,
    startedAtMs: table.nowMs,
    ...overrides,
  });
const list = (limit: number) =>
  listRounds(table.ports(), settings, { sessionId, operatorKey: undefined, cursor: undefined, limit });

describe('A page of rounds', () => {
  it('A page holds a round that began at the very instant of its session, and none from before', async () => {
    await table.put(round(1, { startedAtMs: table.nowMs - 1 }));
    await table.put(round(2));
    expect((await list(5)).rounds.map(({ number }) => number)).toEqual([2]);
  });

  it('A page costs one query where the log ends with the rounds that are asked for', async () => {
    await table.put(round(1));
    const read = vi.spyOn(table.ledger, 'list');
    expect(await list(2)).toMatchObject({ rounds: [{ number: 1 }], nextCursor: undefined });
    expect(read.mock.calls.map(([, page]) => page)).toEqual([{ limit: 2 }]);
  });

  it('A page costs five queries where no round of the session is among the newest', async () => {
    for (let number = 1; number <= 600; number += 1)
      await table.put(round(number, { sessionId: ids.session(otherSession) }));
    const read = vi.spyOn(table.ledger, 'list');
    expect(await list(1)).toEqual({ rounds: [], unreadableNumbers: [], nextCursor: '200' });
    expect(read.mock.calls.map(([, { limit }]) => limit)).toEqual([1, 100, 100, 100, 100]);
  });

  it('A page ends with the round whose view fills the largest answer of a function', async () => {
    const view = 'x'.repeat(1_000_000);
    for (let number = 1; number <= 3; number += 1)
      await table.put({ ...round(number), status: 'COMMITTED', outcome: sampleOutcome({ view }) });
    const page = await list(10);
    expect(page.rounds.map(({ number }) => number)).toEqual([3, 2]);
    expect(page.nextCursor).toBe('2');
  });
});
