import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { FaultError } from '../../foundation/errors.ts';
import { DynamoSessionStore } from './session-store.ts';
import { isSession } from './sessions.ts';
import { marshallItem } from '../../aws/attribute-values.fixture.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { macsOfTest } from '../../encryption/macs.fixture.ts';
import { signed } from '../../encryption/signed-item.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const sessionId = '7d9f2a10-5b6c-4d7e-9f80-112233445566';
const item = {
  pk: `session#${sessionId}`,
  sk: 'session',
  sessionId,
  operatorId: 'demo',
  playerId: 'player123',
  gameCode: 'happy-panda',
  currency: 'EUR',
  createdAtMs: 1_700_000_000_000n,
  endsAtMs: 1_700_000_100_000n,
};

const sessionsIn = (client: DynamoDBDocumentClient) =>
  new DynamoSessionStore({ client, tableName: 'sessions', macs: macsOfTest() });

/** Signs this item and reads it from a table that has it under every key. */
async function read(stored: NativeItem) {
  const Item = await signed(macsOfTest(), stored, 'createdAtMs');
  const client = { send: async () => ({ Item }) } as unknown as DynamoDBDocumentClient;
  return sessionsIn(client).get(ids.session(sessionId));
}

describe('a stored session', () => {
  it('is read as it was written', async () => {
    expect(await read({ ...item, expiresAt: 1_700_086_500n })).toMatchObject({ playerId: 'player123' });
  });

  it.each([
    ['the key of another session', { pk: 'session#11111111-5b6c-4d7e-9f80-112233445566' }],
    ['a currency that nobody can count in', { currency: 'XXX' }],
    ['a player that cannot be one', { playerId: 'a#b' }],
    ['an end that no calendar has', { endsAtMs: 8_640_000_000_000_001n }],
    ['a text where it has a number', { createdAtMs: '1700000000000' }],
    ['nothing that a session has', { sessionId: null }],
  ])('is refused with %s', async (_, change) => {
    const reading = read({ ...item, ...change });
    await expect(reading).rejects.toBeInstanceOf(FaultError);
    await expect(reading).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});

it.each([
  ['another request was first', true],
  ['its time to live was over meanwhile', false],
])('is revoked or not where its own write came too late, because %s', async (_, isThere) => {
  const Item = await signed(macsOfTest(), item, 'createdAtMs');
  const send = async (command: GetCommand | PutCommand) => {
    if ('Key' in command.input) return { Item };
    throw new ConditionalCheckFailedException({
      $metadata: {},
      message: '',
      ...(isThere && { Item: marshallItem(Item) as Record<string, AttributeValue> }),
    });
  };
  const revoking = sessionsIn({ send } as unknown as DynamoDBDocumentClient).revoke(
    ids.session(sessionId),
    1,
  );
  expect(await revoking).toBe(isThere);
});

it('is told from other items by its partition key', () => {
  expect([item.pk, 'operator#demo', 'my session#1'].map(isSession)).toEqual([true, false, false]);
});

it('is read from the table itself, because a replica may not know yet that it was revoked', async () => {
  const sent: GetCommand[] = [];
  const send = async (command: GetCommand) => {
    sent.push(command);
    return {};
  };
  expect(await sessionsIn({ send } as unknown as DynamoDBDocumentClient).get(ids.session(sessionId))).toBe(
    undefined,
  );
  expect(sent.map(({ input }) => input)).toEqual([
    { TableName: 'sessions', Key: { pk: item.pk, sk: 'session' }, ConsistentRead: true },
  ]);
});

it.each([undefined, 1_700_000_050_000])(
  'is written with the time of its revocation where there is one: %s',
  async (revokedAtMs) => {
    const sent: PutCommand[] = [];
    const send = async (command: PutCommand) => void sent.push(command);
    await sessionsIn({ send } as unknown as DynamoDBDocumentClient).create({
      sessionId: ids.session(sessionId),
      operatorId: ids.operator('demo'),
      playerId: ids.player('player123'),
      gameCode: ids.game('happy-panda'),
      currency: 'EUR',
      createdAtMs: 1_700_000_000_000,
      expiresAtMs: 1_700_000_100_000,
      revokedAtMs,
    });
    expect(sent[0]?.input.Item).toEqual({
      ...item,
      expiresAt: 1_700_086_500n,
      ...(revokedAtMs !== undefined && { revokedAtMs: BigInt(revokedAtMs) }),
      mac: expect.any(Uint8Array),
    });
  },
);
