import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { violationOfSession } from './judge-session-change.ts';
import type { Session } from './session.ts';

const OPENED_AT_MS = Date.UTC(2026, 10, 21);
const HOUR_MS = 3_600_000;
const ENDS_AT_MS = OPENED_AT_MS + 24 * HOUR_MS;

const opened: Session = {
  sessionId: ids.session('6f1c8a52-5d5c-4d47-9a3e-0d2f6c1b7e10'),
  operatorId: ids.operator('demo'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
  currency: 'EUR',
  createdAtMs: OPENED_AT_MS,
  expiresAtMs: ENDS_AT_MS,
  revokedAtMs: undefined,
};
/** A second later, or by the slower clock of another machine a second earlier. */
const revoked: Session = { ...opened, revokedAtMs: OPENED_AT_MS + 1_000 };
const revokedByASlowClock: Session = { ...opened, revokedAtMs: OPENED_AT_MS - 1_000 };
const now = { atMs: OPENED_AT_MS + 2_000, isExpiry: false };
const expired = { atMs: ENDS_AT_MS, isExpiry: true };

it('A session is opened, may be revoked once, and is deleted by the table when it is over', () => {
  for (const after of [revoked, revokedByASlowClock]) {
    expect(violationOfSession({ before: undefined, after: opened }, now)).toBeUndefined();
    expect(violationOfSession({ before: opened, after }, now)).toBeUndefined();
    expect(violationOfSession({ before: after, after: { ...after } }, now)).toBeUndefined();
    expect(violationOfSession({ before: after, after: undefined }, expired)).toBeUndefined();
  }
});

it('A session that was revoked never becomes a live one again, whenever it is put back', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 24 * HOUR_MS }), (revokedAfterMs, laterMs) => {
      const before = { ...opened, revokedAtMs: OPENED_AT_MS + revokedAfterMs };
      const write = { atMs: OPENED_AT_MS + laterMs, isExpiry: false };
      expect(violationOfSession({ before, after: opened }, write)).toBe('PUT_BACK');
    }),
  );
});

it.each<[string, Session, Session]>([
  ['is revoked a second time', revoked, { ...revoked, revokedAtMs: OPENED_AT_MS + 9 }],
  ['becomes that of another player', opened, { ...opened, playerId: ids.player('other') }],
  ['ends later', opened, { ...opened, expiresAtMs: ENDS_AT_MS + 1 }],
  ['ends later as it is revoked', opened, { ...revoked, expiresAtMs: ENDS_AT_MS + 1 }],
])('A session that %s is put back', (_, before, after) => {
  expect(violationOfSession({ before, after }, now)).toBe('PUT_BACK');
});

it('A session that is put where none is was opened just then, and is not revoked', () => {
  const put = (after: Session, atMs: number) =>
    violationOfSession({ before: undefined, after }, { atMs, isExpiry: false });
  expect(put(opened, OPENED_AT_MS + 300_000)).toBeUndefined();
  expect(put(opened, OPENED_AT_MS + 300_001)).toBe('PUT_BACK');
  expect(put(revoked, OPENED_AT_MS)).toBe('PUT_BACK');
});

it('A session is deleted by the table alone, and not before it is over', () => {
  const deleted = (atMs: number, isExpiry: boolean) =>
    violationOfSession({ before: opened, after: undefined }, { atMs, isExpiry });
  expect(deleted(ENDS_AT_MS, false)).toBe('DELETED');
  expect(deleted(ENDS_AT_MS - 1, true)).toBe('DELETED');
  expect(deleted(ENDS_AT_MS, true)).toBeUndefined();
});
