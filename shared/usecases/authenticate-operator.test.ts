import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { identifyReader, operatorByKey, operatorKeyHash } from './authenticate-operator.ts';
import { codeOf, log, operatorKey, otherOperatorKey, RoundsFixture, sessionId } from './rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

describe("an operator's key", () => {
  it('is known by its SHA-256 alone', async () => {
    const key = randomBytes(32).toString('base64url');
    expect(operatorKeyHash(key)).toBe(createHash('sha256').update(key).digest('hex'));
    const { registry } = table.ports();
    const hashes: string[] = [];
    const watched = {
      ...registry,
      operatorByKey: (hash: string) => {
        hashes.push(hash);
        return registry.operatorByKey(hash);
      },
    };
    await operatorByKey(watched, operatorKey);
    expect(hashes).toEqual([operatorKeyHash(operatorKey)]);
  });

  it.each([
    [operatorKey, 'demo'],
    [otherOperatorKey, 'other'],
  ])('names its operator (%s)', async (key, operatorId) => {
    expect(await operatorByKey(table.ports().registry, key)).toMatchObject({ operatorId });
  });

  it.each(['', 'wrong', `${operatorKey} `, operatorKeyHash(operatorKey)])('is refused: "%s"', async (key) => {
    expect(await codeOf(operatorByKey(table.ports().registry, key))).toBe('INVALID_OPERATOR_KEY');
  });
});

describe('a reader', () => {
  const identify = (key?: string, session?: string) =>
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
    expect(await codeOf(identify(undefined, '00000000-0000-4000-8000-000000000000'))).toBe('UNKNOWN_SESSION');
  });

  it('with nothing is nobody', async () => {
    expect(await codeOf(identify())).toBe('MISSING_CREDENTIALS');
  });
});
