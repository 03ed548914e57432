import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, log, operatorKey, RoundsFixture, sessionId } from '../../shared/rounds/rounds.fixture.ts';
import { identifyReader } from '../../shared/sessions/identify-reader.ts';
import type { SessionId } from '../../shared/foundation/ids.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

describe('a reader', () => {
  const identify = (key?: string, session?: SessionId) =>
    identifyReader(table.ports(), { operatorKey: key, sessionId: session });

  it('with a key is the operator', async () => {
    expect(await identify(operatorKey)).toMatchObject({ kind: 'operator', operator: { operatorId: 'demo' } });
  });

  it('with a session is its player, also after its end', async () => {
    await table.sessions.revoke(sessionId, table.nowMs);
    expect(await identify(undefined, sessionId)).toMatchObject({ kind: 'player', session: log });
  });

  it('with a wrong key is nobody, whatever session it names as well', async () => {
    expect(await codeOf(identify('wrong', sessionId))).toBe('INVALID_OPERATOR_KEY');
  });

  it('with a session that is not there is nobody', async () => {
    expect(await codeOf(identify(undefined, ids.session('00000000-0000-4000-8000-000000000000')))).toBe(
      'UNKNOWN_SESSION',
    );
  });

  it('with nothing is nobody', async () => {
    expect(await codeOf(identify())).toBe('MISSING_CREDENTIALS');
  });
});
