import { logHashOf } from './round-address.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, dyingAtDebit, RoundsFixture, log, sessionId, settings } from './rounds.fixture.ts';
import { type PlayRequest, playRound } from './play-round.ts';
import type { Round } from './round.ts';

let table: RoundsFixture;
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));

async function head(): Promise<Round> {
  const round = await table.ledger.head(log);
  if (!round) throw new Error('there is no round');
  return round;
}

/** Leaves an intent behind, as a handler does that dies at its debit. */
async function dieAtDebit(): Promise<void> {
  await expect(playRound(dyingAtDebit(table.ports()), settings, table.spin())).rejects.toThrow(
    'the process died',
  );
  expect((await head()).status).toBe('INTENT');
}

const doors: readonly [string, () => unknown][] = [
  ['the session was revoked', () => table.sessions.revoke(sessionId, table.nowMs)],
  ['the session has expired', () => void (table.nowMs += 3_600_000)],
  ['the operator was disabled', () => void (table.operator = { ...table.operator, enabled: false })],
  ['the game was disabled', () => void (table.game = { ...table.game, enabled: false })],
];

describe('An intent whose door has closed', () => {
  it.each(doors)(
    'An intent is abandoned by a repeated request where %s, and nothing is debited',
    async (_, close) => {
      await dieAtDebit();
      table.nowMs += settings.leaseMs;
      await close();
      expect(await codeOf(play())).toBe('ROUND_VOIDED');
      expect(await codeOf(play())).toBe('ROUND_VOIDED');
      expect(table.calls).toEqual([]);
      await table.recoverUntil(table.nowMs + 5_000);
      expect(table.calls.map(({ call }) => call)).toEqual(['rollback']);
      expect(await head()).toMatchObject({ status: 'VOIDED', reason: 'ABANDONED', epoch: 2 });
    },
  );

  it('No request rolls back an intent that somebody put back, because its log is frozen by then', async () => {
    await dieAtDebit();
    table.nowMs += settings.leaseMs;
    await table.sessions.revoke(sessionId, table.nowMs);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    table.ledger.frozen.add(logHashOf(log));
    await table.recoverUntil(table.nowMs + 60_000);
    expect(table.calls).toEqual([]);
  });

  it('An intent is left to its owner while the lease lasts, whatever has closed', async () => {
    await dieAtDebit();
    await table.sessions.revoke(sessionId, table.nowMs);
    expect(await codeOf(play())).toBe('ROUND_IN_FLIGHT');
    expect(await head()).toMatchObject({ status: 'INTENT', epoch: 1 });
  });

  it('An intent is abandoned, and its rollback is repeated by recovery where the wallet is silent', async () => {
    await dieAtDebit();
    table.nowMs += settings.leaseMs;
    await table.sessions.revoke(sessionId, table.nowMs);
    table.replies.rollback.push({ kind: 'unknown', reason: 'TIMEOUT' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    await table.recoverAll();
    expect((await head()).status).toBe('VOIDED');
  });
});

describe('A version of an engine', () => {
  it('A version that a log has left is not played again by a process that does not know of the activation yet', async () => {
    const before = table.game;
    await play();
    table.game = { ...before, engineHash: 'd1'.repeat(32) };
    await play({ idempotencyKey: 'key-2' });
    table.rememberedGame = before;
    await play({ idempotencyKey: 'key-3' });
    expect(await head()).toMatchObject({ number: 3, engineHash: table.game.engineHash });
  });
});

describe('A log that is blocked', () => {
  it('A log that is blocked by a lapsed intent is recovered soon after another request meets it', async () => {
    await dieAtDebit();
    table.nowMs += settings.leaseMs;
    expect(await codeOf(play({ idempotencyKey: 'key-2' }))).toBe('ROUND_IN_FLIGHT');
    await table.recoverUntil(table.nowMs + 10_000);
    expect(await head()).toMatchObject({ status: 'VOIDED', reason: 'ABANDONED' });
    await play({ idempotencyKey: 'key-2' });
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED' });
  });

  it('A log that is blocked by an old rollback is asked for once by each request, and never again', async () => {
    table.replies.debit.push({ kind: 'unknown', reason: 'TIMEOUT' }, { kind: 'unknown', reason: 'TIMEOUT' });
    table.replies.rollback.push(
      ...Array.from({ length: 3 }, () => ({ kind: 'unknown', reason: 'TIMEOUT' }) as const),
    );
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    table.recovery.takeDue();
    table.nowMs += settings.leaseMs;
    table.recovery.takeDue();
    expect(await codeOf(play({ idempotencyKey: 'key-2' }))).toBe('ROUND_IN_FLIGHT');
    await table.recoverAll();
    expect(table.calls.filter(({ call }) => call === 'rollback')).toHaveLength(2);
    expect((await head()).status).toBe('VOIDING');
  });

  it('A log is not asked for while the owner of its intent may still be at work', async () => {
    await dieAtDebit();
    table.nowMs += settings.leaseMs - 1;
    expect(await codeOf(play({ idempotencyKey: 'key-2' }))).toBe('ROUND_IN_FLIGHT');
    expect(table.recovery.nextDueAtMs).toBeUndefined();
  });
});
