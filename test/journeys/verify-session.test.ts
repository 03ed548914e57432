import { beforeEach, describe, expect, it } from 'vitest';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { revokeSession } from '../../shared/sessions/revoke-session.ts';
import { codeOf, log, RoundsFixture, sessionId } from '../../shared/rounds/rounds.fixture.ts';
import { verifySession } from '../../shared/sessions/verify-session.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const IDLE_MS = 1_800_000;

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open({ expiresAtMs: table.nowMs + 10 * IDLE_MS });
});

const verify = (id = sessionId) => verifySession(table.ports(), IDLE_MS, ids.session(id));
const revoke = (id = sessionId) => revokeSession(table.ports(), ids.session(id));
const intent = (startedAtMs = table.nowMs) => sampleIntent({ log, startedAtMs, updatedAtMs: startedAtMs });
const committed = (bonusActive: boolean, startedAtMs = table.nowMs) =>
  ({ ...intent(startedAtMs), status: 'COMMITTED', outcome: sampleOutcome({ bonusActive }) }) as const;

describe('a session', () => {
  it('is verified with whose it is, where no round was played yet', async () => {
    expect(await verify()).toMatchObject({
      session: { sessionId, ...log, currency: 'EUR' },
      bonusActive: false,
      roundInFlight: false,
    });
  });

  it('that is not there is unknown', async () => {
    expect(await codeOf(verify(ids.session('00000000-0000-4000-8000-000000000000')))).toBe('UNKNOWN_SESSION');
  });

  it('expires at its end, to the millisecond', async () => {
    await table.put(committed(false, table.nowMs + 9 * IDLE_MS + 1));
    table.nowMs += 10 * IDLE_MS - 1;
    await verify();
    table.nowMs += 1;
    expect(await codeOf(verify())).toBe('SESSION_EXPIRED');
  });

  it('expires when it lies unused, and every round starts that anew', async () => {
    table.nowMs += IDLE_MS - 1;
    await table.put(committed(false));
    table.nowMs += IDLE_MS - 1;
    await verify();
    table.nowMs += 1;
    expect(await codeOf(verify())).toBe('SESSION_EXPIRED');
  });

  it('is over at once when it is revoked, and stays so', async () => {
    await revoke();
    expect(await codeOf(verify())).toBe('SESSION_REVOKED');
    table.nowMs += 60_000;
    await revoke();
    expect(await codeOf(verify())).toBe('SESSION_REVOKED');
    expect((await table.sessions.get(sessionId))?.revokedAtMs).toBe(table.nowMs - 60_000);
  });

  it('that is not there cannot be revoked', async () => {
    expect(await codeOf(revoke(ids.session('00000000-0000-4000-8000-000000000000')))).toBe('UNKNOWN_SESSION');
  });

  it('tells of a bonus that is waiting', async () => {
    await table.put(committed(true));
    expect(await verify()).toMatchObject({ bonusActive: true, roundInFlight: false });
  });

  it.each([
    ['an intent', () => intent()],
    [
      'a stake to be given back',
      () => ({ ...intent(), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' }) as const,
    ],
  ])('tells of a round in flight: %s', async (_, make) => {
    await table.put(make());
    expect(await verify()).toMatchObject({ roundInFlight: true });
  });

  it('has no round in flight where a win only waits to be credited', async () => {
    await table.put(committed(false));
    expect(await verify()).toMatchObject({ roundInFlight: false });
  });
});
