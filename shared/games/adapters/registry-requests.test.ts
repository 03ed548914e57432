import { sampleOperator } from '../../operators/operator.fixture.ts';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { minorAmount } from '../../money/money.ts';
import type { Operator } from '../../operators/operator.ts';
import { DynamoRegistry } from './registry.ts';
import { DynamoRegistryAdmin } from './registry-admin.ts';
import { decodeGame, decodeOperator, encodeGame, encodeOperator } from './registry-items.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { macsOfTest } from '../../encryption/macs.fixture.ts';
import { signed } from '../../encryption/signed-item.ts';
import { testConfigTable } from './config-table.fixture.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const key = '11'.repeat(32);
const otherKey = '22'.repeat(32);
const operator: Operator = sampleOperator({ walletUrl: 'http://127.0.0.1:8081' });
const game = {
  gameCode: ids.game('coin'),
  title: 'Coin',
  enabled: true,
  engineHash: 'ab'.repeat(32),
  stateRule: 'fresh' as const,
  bets: [{ currency: 'EUR', allowedMinor: [1n].map(minorAmount) }],
};

/** A table that gives these answers one after the other, and remembers its requests. */
function tableOf(...answers: (object | Error)[]) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    asked.push(input);
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  return {
    asked,
    admin: new DynamoRegistryAdmin(testConfigTable(client, 'configuration')),
    registry: new DynamoRegistry(testConfigTable(client, 'configuration')),
  };
}

/** Gives what a table has of an operator whose key this is. */
async function registered(keyHash: string, signedAtMs = 7n): Promise<{ Item: NativeItem }> {
  const item = { ...encodeOperator(operator, keyHash), signedAtMs };
  return { Item: await signed(macsOfTest(), item, 'signedAtMs') };
}

describe('an operator that is registered', () => {
  it('is written only where nobody has registered it or its key meanwhile', async () => {
    const { admin, asked } = tableOf();
    await admin.putOperator(operator, key);
    const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
    expect(asked).toMatchObject([
      { Key: { pk: 'operator#demo' }, ConsistentRead: true },
      { Key: { pk: `operator-key#${key}` }, ConsistentRead: true },
      {
        TransactItems: [
          { Put: { Item: { pk: 'operator#demo', mac: expect.any(Uint8Array) }, ...absent } },
          { Put: { Item: { pk: `operator-key#${key}`, mac: expect.any(Uint8Array) }, ...absent } },
        ],
      },
    ]);
  });

  it('is replaced only while it is as it was read, and its former key stays as a replaced one', async () => {
    const { admin, asked } = tableOf(await registered(otherKey));
    await admin.putOperator(operator, key);
    expect(asked[3]).toMatchObject({
      TransactItems: [
        {
          Put: {
            Item: { signedAtMs: 8n },
            ConditionExpression: 'signedAtMs = :before',
            ExpressionAttributeValues: { ':before': 7n },
          },
        },
        { Put: { Item: { pk: `operator-key#${key}` } } },
        {
          Put: { Item: { pk: `operator-key#${otherKey}`, replacedAtMs: 0n, signedAtMs: expect.any(BigInt) } },
        },
      ],
    });
  });

  it('keeps its key where it is registered with the same one', async () => {
    const { admin, asked } = tableOf(await registered(key));
    await admin.putOperator(operator, key);
    expect((asked[2] as { TransactItems: unknown[] }).TransactItems).toHaveLength(2);
  });

  it('is refused before any request where it could not be read back', async () => {
    const { admin, asked } = tableOf();
    await expect(admin.putOperator(operator, 'no hash')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    await expect(admin.putOperator(sampleOperator({ walletUrl: 'wallet' }), key)).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
    });
    expect(asked).toEqual([]);
  });

  it.each(['ConditionalCheckFailed', 'TransactionConflict'])(
    'is refused where somebody else was first: %s',
    async (Code) => {
      const refused = new TransactionCanceledException({
        message: 'No',
        $metadata: {},
        CancellationReasons: [{ Code: 'None' }, { Code }],
      });
      await expect(tableOf({}, {}, refused).admin.putOperator(operator, key)).rejects.toMatchObject({
        code: 'MISCONFIGURED',
      });
    },
  );

  it.each([{ CancellationReasons: [{ Code: 'ThrottlingError' }] }, {}])(
    'may be registered again where the transaction failed for another reason: %o',
    async (reasons) => {
      const failed = new TransactionCanceledException({ message: 'No', $metadata: {}, ...reasons });
      await expect(tableOf({}, {}, failed).admin.putOperator(operator, key)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      });
    },
  );
});

describe('the games of the registry', () => {
  const item = async (gameCode: string) => {
    const unsigned = { ...encodeGame({ ...game, gameCode: ids.game(gameCode) }), signedAtMs: 7n };
    return signed(macsOfTest(), unsigned, 'signedAtMs');
  };

  it('are read through all pages, each from where the last one ended', async () => {
    const { registry, asked } = tableOf(
      { Items: [await item('one')], LastEvaluatedKey: { pk: 'here' } },
      {},
      {},
    );
    expect((await registry.games()).map(({ gameCode }) => gameCode)).toEqual(['one']);
    expect(asked).toMatchObject([{ TableName: 'configuration' }, { ExclusiveStartKey: { pk: 'here' } }]);
    expect(asked[0]).not.toHaveProperty('ExclusiveStartKey');
    expect(asked).toHaveLength(2);
  });

  it('come back as they were written, realtime or not', () => {
    expect(decodeGame(encodeGame(game))).toEqual(game);
    const realtime = { ...game, contract: 'realtime' } as const;
    expect(decodeGame(encodeGame(realtime))).toEqual(realtime);
    expect(encodeGame(game)).not.toHaveProperty('contract');
  });

  it.each([0n, 999_999_999_999n])('come back with what an ended bonus pays: %s millionths', (end) => {
    const ending = { ...game, bonusEndMillionths: end };
    expect(decodeGame(encodeGame(ending))).toEqual(ending);
    expect(encodeGame(game)).not.toHaveProperty('bonusEndMillionths');
  });

  it.each([-1n, 1_000_000_000_000n])('are refused where an ended bonus pays %s millionths', (end) => {
    expect(() => decodeGame(encodeGame({ ...game, bonusEndMillionths: end }))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_RECORD' }),
    );
  });

  it('are read consistently where the present one is asked for', async () => {
    const { registry, asked } = tableOf();
    await registry.game(game.gameCode);
    await registry.presentGame(game.gameCode);
    const Key = { pk: 'games', sk: 'coin' };
    expect(asked).toEqual([
      { TableName: 'configuration', Key },
      { TableName: 'configuration', Key, ConsistentRead: true },
    ]);
  });
});

it.each([
  ['the key of another operator', { pk: 'operator#other' }],
  ['a current wallet that it has not', { walletId: 'second' }],
  ['the same wallet twice', { wallets: [...operator.wallets, ...operator.wallets] }],
])('An operator is refused with %s', (_, change) => {
  expect(() => decodeOperator({ ...encodeOperator(operator, key), ...change })).toThrow(
    expect.objectContaining({ code: 'CORRUPT_RECORD' }),
  );
});

it('asks for no operator by a key that nobody has', async () => {
  const { registry, asked } = tableOf();
  expect(await registry.operatorByKey(key)).toBeUndefined();
  expect(asked).toHaveLength(1);
});
