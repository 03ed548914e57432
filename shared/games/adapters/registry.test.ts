import { movedTo, sampleOperator } from '../../operators/operator.fixture.ts';
import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import type { Game } from '../game.ts';
import { minorAmount } from '../../money/money.ts';
import type { Operator } from '../../operators/operator.ts';
import { signedPut } from './config-writes.ts';
import { DynamoRegistry } from './registry.ts';
import { DynamoRegistryAdmin } from './registry-admin.ts';
import { testConfigTable } from './config-table.fixture.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const firstKey = '11'.repeat(32);
const secondKey = '22'.repeat(32);
const operator: Operator = sampleOperator(
  { walletUrl: 'http://127.0.0.1:8081', walletSecretName: 'rgs/local/operator/demo/wallet' },
  { name: 'Demo Casino' },
);
const game: Game = {
  gameCode: ids.game('happy-panda'),
  title: 'Happy Panda',
  enabled: true,
  engineHash: 'ab'.repeat(32),
  stateRule: 'bound',
  bets: [
    { currency: 'EUR', allowedMinor: [20n, 100n, 10n ** 18n - 1n].map(minorAmount) },
    { currency: 'ETH', allowedMinor: [2n ** 53n + 1n].map(minorAmount) },
  ],
};

let database: TestDatabase;
let table: string;
let admin: DynamoRegistryAdmin;
let reads: number;
const time = { nowMs: 0 };
const registry = () =>
  new DynamoRegistry(testConfigTable(database.client, table, { nowMs: () => time.nowMs }));

beforeAll(async () => {
  database = await startDynoxide();
  database.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'GetItemCommand' || commandName === 'QueryCommand') reads += 1;
        return next(args);
      },
    {},
  );
});
beforeEach(async () => {
  table = randomUUID();
  await createTable(database.client, table);
  admin = new DynamoRegistryAdmin(testConfigTable(database.client, table));
  reads = 0;
  time.nowMs = 0;
});
afterAll(() => database.stop());

describe('the registry', () => {
  it('gives operators by id and by key, and games with exact bets, as they were stored', async () => {
    await admin.putOperator(operator, firstKey);
    await admin.putGame(game);
    await admin.putGame({ ...game, gameCode: ids.game('angry-panda'), bets: [] });
    expect(await registry().operator(ids.operator('demo'))).toStrictEqual(operator);
    expect(await registry().operatorByKey(firstKey)).toStrictEqual(operator);
    expect(await registry().game(ids.game('happy-panda'))).toStrictEqual(game);
    expect((await registry().games()).map(({ gameCode }) => gameCode)).toEqual([
      'angry-panda',
      'happy-panda',
    ]);
  });

  it('knows nothing that was not stored', async () => {
    expect(await registry().operator(ids.operator('demo'))).toBeUndefined();
    expect(await registry().operatorByKey(firstKey)).toBeUndefined();
    expect(await registry().game(ids.game('happy-panda'))).toBeUndefined();
    expect(await registry().games()).toEqual([]);
  });

  it('reads once for all who ask at the same time, and again after 30 seconds', async () => {
    await admin.putGame(game);
    const cached = registry();
    reads = 0;
    await Promise.all(Array.from({ length: 20 }, () => cached.game(ids.game('happy-panda'))));
    expect(reads).toBe(1);
    await admin.putGame({ ...game, enabled: false });
    time.nowMs = 29_999;
    expect(await cached.game(ids.game('happy-panda'))).toHaveProperty('enabled', true);
    time.nowMs = 30_000;
    expect(await cached.game(ids.game('happy-panda'))).toHaveProperty('enabled', false);
  });

  it('reads the present game although it remembers another, and remembers that one from then on', async () => {
    await admin.putGame(game);
    const cached = registry();
    await cached.game(game.gameCode);
    await admin.putGame({ ...game, enabled: false });
    expect(await cached.game(game.gameCode)).toHaveProperty('enabled', true);
    expect(await cached.presentGame(game.gameCode)).toHaveProperty('enabled', false);
    expect(await cached.game(game.gameCode)).toHaveProperty('enabled', false);
  });

  it('looks again after 2 seconds for an entry that was not there', async () => {
    const cached = registry();
    expect(await cached.operatorByKey(firstKey)).toBeUndefined();
    await admin.putOperator(operator, firstKey);
    time.nowMs = 1_999;
    expect(await cached.operatorByKey(firstKey)).toBeUndefined();
    time.nowMs = 2_000;
    expect(await cached.operatorByKey(firstKey)).toStrictEqual(operator);
  });

  it('looks again after 2 seconds for games where there were none', async () => {
    const cached = registry();
    expect(await cached.games()).toEqual([]);
    await admin.putGame(game);
    time.nowMs = 1_999;
    expect(await cached.games()).toEqual([]);
    time.nowMs = 2_000;
    expect(await cached.games()).toHaveLength(1);
    await admin.putGame({ ...game, gameCode: ids.game('angry-panda') });
    time.nowMs = 31_999;
    expect(await cached.games()).toHaveLength(1);
  });

  it('fails on a broken item, and reads it again when it is mended', async () => {
    const cached = registry();
    const Key = { pk: 'games', sk: 'happy-panda' };
    const Put = await signedPut(testConfigTable(database.client, table), { ...Key, title: 7n }, undefined);
    await database.client.send(new PutCommand(Put));
    await expect(cached.game(ids.game('happy-panda'))).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    await admin.putGame(game);
    expect(await cached.game(ids.game('happy-panda'))).toStrictEqual(game);
  });

  it('fails on a stored number that is not an integer', async () => {
    await admin.putGame(game);
    const expression = { UpdateExpression: 'SET bets[0].allowedMinor[0] = :bet' };
    await database.client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: 'games', sk: 'happy-panda' },
        ...expression,
        ExpressionAttributeValues: { ':bet': 1.5 },
      }),
    );
    await expect(registry().game(ids.game('happy-panda'))).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});

describe("an operator's key", () => {
  it('stops to work when another replaces it', async () => {
    await admin.putOperator(operator, firstKey);
    await admin.putOperator(operator, secondKey);
    expect(await registry().operatorByKey(firstKey)).toBeUndefined();
    expect(await registry().operatorByKey(secondKey)).toStrictEqual(operator);
  });

  it('works again for its own operator after it was replaced, and is never that of another', async () => {
    await admin.putOperator(operator, firstKey);
    await admin.putOperator(operator, secondKey);
    const other = { ...operator, operatorId: ids.operator('other') };
    await expect(admin.putOperator(other, firstKey)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    await admin.putOperator(operator, firstKey);
    expect(await registry().operatorByKey(firstKey)).toStrictEqual(operator);
  });

  it('stays when only the operator changes', async () => {
    await admin.putOperator(operator, firstKey);
    await admin.putOperator({ ...operator, enabled: false }, firstKey);
    expect(await registry().operatorByKey(firstKey)).toStrictEqual({ ...operator, enabled: false });
  });

  it('changes with a wallet in its place, and with one more', async () => {
    await admin.putOperator(operator, firstKey);
    const moved = sampleOperator({ walletUrl: 'http://127.0.0.1:8082' });
    await admin.putOperator(moved, firstKey);
    expect(await registry().operatorByKey(firstKey)).toStrictEqual(moved);
    const withTwo = movedTo(moved, { walletId: ids.wallet('second') });
    await admin.putOperator(withTwo, firstKey);
    await admin.putOperator({ ...withTwo, enabled: false }, firstKey);
    expect(await registry().operatorByKey(firstKey)).toStrictEqual({ ...withTwo, enabled: false });
  });

  it('is kept with all wallets, because rounds may name them', async () => {
    const withTwo = movedTo(operator, { walletId: ids.wallet('second') });
    await admin.putOperator(withTwo, firstKey);
    await expect(admin.putOperator(operator, firstKey)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(await registry().operatorByKey(firstKey)).toStrictEqual(withTwo);
  });

  it('cannot become that of another operator', async () => {
    await admin.putOperator(operator, firstKey);
    const other = { ...operator, operatorId: ids.operator('other') };
    await expect(admin.putOperator(other, firstKey)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(await registry().operatorByKey(firstKey)).toStrictEqual(operator);
    expect(await registry().operator(ids.operator('other'))).toBeUndefined();
  });
});

describe('a new registration', () => {
  it('An operator that is switched off while somebody changes it stays off, and the change is refused', async () => {
    await admin.putOperator(operator, firstKey);
    const changing = admin.changeOperator(operator.operatorId, async (known) => {
      expect(known).toEqual(operator);
      await admin.switchOperator(operator.operatorId, false);
      return { operator: { ...operator, name: 'Renamed' }, newKeyHash: undefined };
    });
    await expect(changing).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(await registry().operator(operator.operatorId)).toEqual({ ...operator, enabled: false });
  });

  it('keeps the key where it brings none, and needs one where the operator is new', async () => {
    await expect(admin.putOperator(operator)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    await admin.putOperator(operator, firstKey);
    await admin.putOperator({ ...operator, name: 'Renamed' });
    expect(await registry().operatorByKey(firstKey)).toStrictEqual({ ...operator, name: 'Renamed' });
  });
});

describe('a switch', () => {
  it('changes whether an operator or a game is enabled, and nothing else', async () => {
    await admin.putOperator(operator, firstKey);
    await admin.putGame(game);
    for (const enabled of [false, true]) {
      await admin.switchOperator(operator.operatorId, enabled);
      await admin.switchGame(game.gameCode, enabled);
      expect(await registry().operatorByKey(firstKey)).toStrictEqual({ ...operator, enabled });
      expect(await registry().game(game.gameCode)).toStrictEqual({ ...game, enabled });
    }
  });

  it('makes no entry of one that there is not', async () => {
    const refused = { code: 'MISCONFIGURED' };
    await expect(admin.switchOperator(operator.operatorId, true)).rejects.toMatchObject(refused);
    await expect(admin.switchGame(game.gameCode, true)).rejects.toMatchObject(refused);
    expect(await registry().games()).toEqual([]);
  });
});

it('refuses to write what could not be read', async () => {
  const wrong = { ...game, bets: [{ currency: 'EUR', allowedMinor: [0n].map(minorAmount) }] };
  await expect(admin.putGame(wrong)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  await expect(
    admin.putOperator({ ...operator, operatorId: ids.operator('De#mo') }, firstKey),
  ).rejects.toMatchObject({
    code: 'CORRUPT_RECORD',
  });
});
