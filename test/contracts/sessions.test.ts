import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoSessionStore } from '../../shared/sessions/adapters/session-store.ts';
import { MemorySessions } from '../../shared/sessions/adapters/memory-sessions.ts';
import type { Session } from '../../shared/sessions/session.ts';
import type { Sessions } from '../../shared/sessions/sessions.ts';
import { createTable, startDynoxide, type TestDatabase } from '../../shared/aws/dynamodb.fixture.ts';
import { macsOfTest } from '../../shared/encryption/macs.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const TABLE = 'sessions';
const HOUR_MS = 3_600_000;
let database: TestDatabase;

beforeAll(async () => {
  database = await startDynoxide();
  await createTable(database.client, TABLE);
});
afterAll(() => database.stop());

function session(): Session {
  return {
    sessionId: ids.session(randomUUID()),
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    currency: 'EUR',
    createdAtMs: 1_795_000_000_123,
    expiresAtMs: 1_795_000_000_123 + HOUR_MS,
    revokedAtMs: undefined,
  };
}

const stores: Record<string, () => Sessions> = {
  DynamoDB: () => new DynamoSessionStore({ client: database.client, tableName: TABLE, macs: macsOfTest() }),
  memory: () => new MemorySessions(),
};

describe.each(Object.entries(stores))('sessions in %s', (_, open) => {
  it('come back as they were created', async () => {
    const sessions = open();
    const created = session();
    await sessions.create(created);
    expect(await sessions.get(created.sessionId)).toStrictEqual(created);
    expect(await sessions.get(ids.session(randomUUID()))).toBeUndefined();
  });

  it('do not take an id that another session has', async () => {
    const sessions = open();
    const first = session();
    await sessions.create(first);
    const second = { ...first, playerId: ids.player('somebody-else') };
    await expect(sessions.create(second)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(await sessions.get(first.sessionId)).toStrictEqual(first);
  });

  it('take a repeated creation of the same session as one', async () => {
    const sessions = open();
    const created = session();
    await sessions.create(created);
    await sessions.create(created);
    expect(await sessions.get(created.sessionId)).toStrictEqual(created);
  });

  it('keep the time of the first of many revocations', async () => {
    const sessions = open();
    const created = session();
    await sessions.create(created);
    expect(await sessions.revoke(created.sessionId, 5_000)).toBe(true);
    expect(await sessions.revoke(created.sessionId, 6_000)).toBe(true);
    expect(await sessions.get(created.sessionId)).toStrictEqual({ ...created, revokedAtMs: 5_000 });
  });

  it('are revoked once for all who revoke them at the same time', async () => {
    const sessions = open();
    const created = session();
    await sessions.create(created);
    const answers = await Promise.all(
      [5_000, 6_000, 7_000].map((atMs) => sessions.revoke(created.sessionId, atMs)),
    );
    expect(answers).toEqual([true, true, true]);
    expect([5_000, 6_000, 7_000]).toContain((await sessions.get(created.sessionId))?.revokedAtMs);
  });

  it('that do not exist cannot be revoked, and do not come into being by it', async () => {
    const sessions = open();
    const { sessionId } = session();
    expect(await sessions.revoke(sessionId, 5_000)).toBe(false);
    expect(await sessions.get(sessionId)).toBeUndefined();
  });
});

it('keeps an ended session for another day, so that it can be called expired', async () => {
  const created = session();
  await new DynamoSessionStore({ client: database.client, tableName: TABLE, macs: macsOfTest() }).create(
    created,
  );
  const Key = { pk: `session#${created.sessionId}`, sk: 'session' };
  const { Item } = await database.client.send(new GetCommand({ TableName: TABLE, Key }));
  expect(Item?.['expiresAt']).toBe(BigInt(Math.ceil((created.expiresAtMs + 24 * HOUR_MS) / 1000)));
});
