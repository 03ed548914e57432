import { describe, expect, it } from 'vitest';
import { assertLive, type Session } from './session.ts';
import { ids } from '../foundation/ids.fixture.ts';

const session: Session = {
  sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
  operatorId: ids.operator('demo'),
  playerId: ids.player('player123'),
  gameCode: ids.game('coin'),
  currency: 'EUR',
  createdAtMs: 1_000,
  expiresAtMs: 10_000,
  revokedAtMs: undefined,
};
const IDLE_MS = 500;

describe('a session', () => {
  it('is live until it has lain unused since its launch', () => {
    expect(() => assertLive(session, undefined, IDLE_MS, 1_499)).not.toThrow();
    expect(() => assertLive(session, undefined, IDLE_MS, 1_500)).toThrow(
      expect.objectContaining({ code: 'SESSION_EXPIRED' }),
    );
  });

  it('is live until it has lain unused since its newest round, which may be older than the launch', () => {
    expect(() => assertLive(session, 3_000, IDLE_MS, 3_499)).not.toThrow();
    expect(() => assertLive(session, 3_000, IDLE_MS, 3_500)).toThrow(
      expect.objectContaining({ code: 'SESSION_EXPIRED' }),
    );
    expect(() => assertLive(session, 5, IDLE_MS, 1_499)).not.toThrow();
  });

  it('is live until its end, however busy it is', () => {
    expect(() => assertLive(session, 9_999, IDLE_MS, 9_999)).not.toThrow();
    expect(() => assertLive(session, 9_999, IDLE_MS, 10_000)).toThrow(
      expect.objectContaining({ code: 'SESSION_EXPIRED' }),
    );
  });

  it('is live until it is revoked, even at the first instant that there is', () => {
    expect(() => assertLive({ ...session, revokedAtMs: 0 }, undefined, IDLE_MS, 1_000)).toThrow(
      expect.objectContaining({ code: 'SESSION_REVOKED' }),
    );
  });
});
