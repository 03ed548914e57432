import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import type { RoundEnded } from '../events.ts';
import { DynamoEventLog } from './event-log.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const TABLE = 'events';
let database: TestDatabase;
beforeAll(async () => {
  database = await startDynoxide();
  await createTable(database.client, TABLE);
});
afterAll(() => database.stop());

function roundEnded(): RoundEnded {
  const roundId = ids.randomRound();
  return {
    type: 'round.ended',
    eventId: `${roundId}:ended`,
    atMs: 1_795_000_000_123,
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player('player123'),
      gameCode: ids.game('happy-panda'),
    },
    roundId,
    number: 42,
    sessionId: ids.session(randomUUID()),
    kind: 'spin',
    status: 'CREDITED',
    currency: 'EUR',
    stake: '1.00',
    win: '2.50',
  };
}

async function itemsOf(operatorId: string) {
  const { Items = [] } = await database.client.send(
    new ScanCommand({
      TableName: TABLE,
      FilterExpression: 'begins_with(pk, :operator)',
      ExpressionAttributeValues: { ':operator': `${operatorId}#` },
    }),
  );
  return Items;
}

it('An event is written once, as it came first, however often it is delivered', async () => {
  const log = new DynamoEventLog(database.client, TABLE);
  const event = roundEnded();
  await Promise.all(Array.from({ length: 5 }, () => log.appendEvent(ids.operator('once'), event)));
  await log.appendEvent(ids.operator('once'), { ...event, win: '999.99' });
  const [item, ...more] = await itemsOf('once');
  expect(more).toEqual([]);
  expect(item).toMatchObject({
    sk: `1795000000123#${event.eventId}`,
    type: 'round.ended',
    roundId: event.roundId,
    playerId: 'player123',
    win: '2.50',
    expiresAt: BigInt(Math.ceil((event.atMs + 7 * 86_400_000) / 1000)),
  });
});

it("An operator's events spread over sixteen partitions", async () => {
  const log = new DynamoEventLog(database.client, TABLE);
  await Promise.all(Array.from({ length: 300 }, () => log.appendEvent(ids.operator('spread'), roundEnded())));
  const shards = new Set((await itemsOf('spread')).map((item) => item['pk']));
  expect(shards).toEqual(new Set(Array.from({ length: 16 }, (_, shard) => `spread#${shard.toString(16)}`)));
});
