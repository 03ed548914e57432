/** Somebody who can write the table of sessions but not use the data keys gains nothing. */
import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable } from '../../../shared/aws/dynamodb.fixture.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';
import { DynamoSessionStore } from '../../../shared/sessions/adapters/session-store.ts';
import type { Session } from '../../../shared/sessions/session.ts';
import { type SigningStage, signingStage } from '../../kit/signing-stage.ts';
import { startTestServices, type TestServices } from '../../kit/services.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const SESSIONS = 'sessions';
const refused = { code: 'CORRUPT_RECORD' };

let local: TestServices;
let stage: SigningStage;
let sessions: DynamoSessionStore;
let session: Session;

beforeAll(async () => {
  local = await startTestServices();
  stage = signingStage(local);
  await createTable(stage.client, SESSIONS);
  await createTable(stage.client, 'config');
  sessions = new DynamoSessionStore(table());
});
afterAll(async () => {
  stage.stop();
  await local.stop();
});
beforeEach(async () => {
  session = opened();
  await sessions.create(session);
});

function opened(): Session {
  return {
    sessionId: ids.session(randomUUID()),
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    currency: 'EUR',
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 3_600_000,
    revokedAtMs: undefined,
  };
}

/** The table as each process reaches it, with a memory of keys of its own. */
const table = () => ({ client: stage.client, tableName: SESSIONS, macs: stage.macs('config') });

const keyOf = ({ sessionId }: Session) => ({ pk: `session#${sessionId}`, sk: 'session' });

async function change(UpdateExpression: string, value?: unknown): Promise<void> {
  await stage.client.send(
    new UpdateCommand({
      TableName: SESSIONS,
      Key: keyOf(session),
      UpdateExpression,
      ...(value !== undefined && { ExpressionAttributeValues: { ':value': value } }),
    }),
  );
}

async function stored(of: Session): Promise<Record<string, unknown>> {
  const { Item } = await stage.client.send(
    new GetCommand({ TableName: SESSIONS, Key: keyOf(of), ConsistentRead: true }),
  );
  return Item ?? {};
}

describe('a changed session is refused:', () => {
  it.each<[string, string, unknown]>([
    ['with another player', 'SET playerId = :value', 'somebody-else'],
    ['with another operator', 'SET operatorId = :value', 'other'],
    ['with another game', 'SET gameCode = :value', 'koi-pond'],
    ['with another currency', 'SET currency = :value', 'JPY'],
    ['with a later end', 'SET endsAtMs = :value', BigInt(NOW_MS + 36_000_000)],
    ['with a later time to live', 'SET expiresAt = :value', 4_000_000_000n],
    ['opened at another time', 'SET createdAtMs = :value', BigInt(NOW_MS + 1)],
    ['revoked by hand', 'SET revokedAtMs = :value', BigInt(NOW_MS)],
    ['without its MAC', 'REMOVE mac', undefined],
  ])('%s', async (_, expression, value) => {
    await change(expression, value);
    await expect(sessions.get(session.sessionId)).rejects.toMatchObject(refused);
    await expect(sessions.revoke(session.sessionId, NOW_MS)).rejects.toMatchObject(refused);
    await expect(sessions.create(session)).rejects.toMatchObject(refused);
  });

  it('revoked, and then not', async () => {
    expect(await sessions.revoke(session.sessionId, NOW_MS + 5)).toBe(true);
    expect(await sessions.get(session.sessionId)).toEqual({ ...session, revokedAtMs: NOW_MS + 5 });
    await change('REMOVE revokedAtMs');
    await expect(sessions.get(session.sessionId)).rejects.toMatchObject(refused);
  });

  it("copied from another session's item", async () => {
    const other = { ...opened(), playerId: ids.player('winner') };
    await sessions.create(other);
    const copied = { ...(await stored(other)), ...keyOf(session) };
    await stage.client.send(new PutCommand({ TableName: SESSIONS, Item: copied }));
    await expect(sessions.get(session.sessionId)).rejects.toMatchObject(refused);
    const renamed = { ...copied, sessionId: session.sessionId };
    await stage.client.send(new PutCommand({ TableName: SESSIONS, Item: renamed }));
    await expect(sessions.get(session.sessionId)).rejects.toMatchObject(refused);
  });
});

it('A deleted session is none', async () => {
  await stage.client.send(new DeleteCommand({ TableName: SESSIONS, Key: keyOf(session) }));
  expect(await sessions.get(session.sessionId)).toBeUndefined();
});

it('The key of the month is made once, and what one process signed another accepts', async () => {
  const another = new DynamoSessionStore(table());
  expect(await another.get(session.sessionId)).toEqual(session);
});
