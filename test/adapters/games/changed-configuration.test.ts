/** Somebody who can write the configuration table but not use the data keys gains nothing. */
import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/aws/clock.ts';
import type { NativeItem } from '../../../shared/aws/attribute-values.ts';
import { createTable } from '../../../shared/aws/dynamodb.fixture.ts';
import { macsOfTest } from '../../../shared/encryption/macs.fixture.ts';
import { signed } from '../../../shared/encryption/signed-item.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';
import type { ConfigTable } from '../../../shared/games/adapters/config-table.ts';
import { engineVersions } from '../../../shared/games/adapters/engine-versions.ts';
import { DynamoGameVersions } from '../../../shared/games/adapters/game-versions.ts';
import { DynamoRegistry } from '../../../shared/games/adapters/registry.ts';
import { DynamoRegistryAdmin } from '../../../shared/games/adapters/registry-admin.ts';
import { minorAmount } from '../../../shared/money/money.ts';
import { sampleOperator } from '../../../shared/operators/operator.fixture.ts';
import { type SigningStage, signingStage } from '../../kit/signing-stage.ts';
import { startTestServices, type TestServices } from '../../kit/services.ts';

const [active, retired, other] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
];
const [demoKey, ownKey] = ['11', '22'].map((byte) => byte.repeat(32)) as [string, string];
const refused = { code: 'CORRUPT_RECORD' };
const GAME = ids.game('panda');

const OPERATOR = { pk: 'operator#demo', sk: 'operator' };
const OPERATOR_KEY = { pk: `operator-key#${demoKey}`, sk: 'operator-key' };
const GAME_KEY = { pk: 'games', sk: GAME };
const RETIRED = { pk: `game-versions#${GAME}`, sk: retired };
const ACTIVATION = { pk: `game-activations#${GAME}`, sk: '000000001' };
const ENGINE = { pk: `engine#${active}`, sk: 'engine' };

let local: TestServices;
let stage: SigningStage;
let table: ConfigTable;

beforeAll(async () => {
  local = await startTestServices();
  stage = signingStage(local);
});
afterAll(async () => {
  stage.stop();
  await local.stop();
});
beforeEach(async () => {
  const tableName = randomUUID();
  await createTable(stage.client, tableName);
  table = { client: stage.client, tableName, macs: stage.macs(tableName), clock: systemClock };
  const admin = new DynamoRegistryAdmin(table);
  await admin.putOperator(sampleOperator(), demoKey);
  await admin.putOperator(sampleOperator({}, { operatorId: ids.operator('own') }), ownKey);
  await admin.switchOperator(ids.operator('demo'), false);
  const versions = new DynamoGameVersions(table);
  for (const hash of [active, retired]) {
    const engine = { hash, engineId: 'panda', buildId: '1.0.0', publishedAtMs: 1 };
    const bets = [{ currency: 'EUR', allowedMinor: [20n].map(minorAmount) }];
    await versions.publish({ ...engine, gameCode: GAME, title: 'Panda', bets, stateRule: 'fresh' }, engine);
  }
  await versions.activate(GAME, active, 2);
  await versions.retire(GAME, retired, 3);
});

/** Each read is made by a process that remembers nothing. */
const reads = {
  operator: () => new DynamoRegistry(table).operator(ids.operator('demo')),
  key: () => new DynamoRegistry(table).operatorByKey(demoKey),
  ownKey: () => new DynamoRegistry(table).operatorByKey(ownKey),
  game: () => new DynamoRegistry(table).game(GAME),
  presentGame: () => new DynamoRegistry(table).presentGame(GAME),
  games: () => new DynamoRegistry(table).games(),
  retired: () => new DynamoGameVersions(table).version(GAME, retired),
  versions: () => new DynamoGameVersions(table).versions(GAME),
  activations: () => new DynamoGameVersions(table).activations(GAME),
  engine: () => engineVersions(table)(active),
};
type Read = keyof typeof reads;
type Key = Readonly<Record<'pk' | 'sk', string>>;

async function change(Key: Key, UpdateExpression: string, value?: unknown): Promise<void> {
  await stage.client.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key,
      UpdateExpression,
      ...(value !== undefined && { ExpressionAttributeValues: { ':value': value } }),
    }),
  );
}

async function stored(Key: Key): Promise<NativeItem> {
  const { Item } = await stage.client.send(
    new GetCommand({ TableName: table.tableName, Key, ConsistentRead: true }),
  );
  return (Item ?? {}) as NativeItem;
}

async function put(item: Record<string, unknown>): Promise<void> {
  await stage.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
}

describe('a changed item of the configuration is refused wherever it is read:', () => {
  const remote = { url: 'https://engines.example', buildHash: other };
  it.each<[string, Key, string, unknown, readonly Read[]]>([
    [
      'another address of the wallet',
      OPERATOR,
      'SET wallets[0].walletUrl = :value',
      'https://mine.example',
      ['operator', 'key'],
    ],
    [
      'another secret of the wallet',
      OPERATOR,
      'SET wallets[0].walletSecretName = :value',
      'rgs/prod/operator/own/wallet-key/main',
      ['operator', 'key'],
    ],
    [
      'another style of wallet calls',
      OPERATOR,
      'SET wallets[0].walletCalls = :value',
      'bet-win',
      ['operator', 'key'],
    ],
    ['a disabled operator that is enabled', OPERATOR, 'SET enabled = :value', true, ['operator', 'key']],
    ["an operator's key of another operator", OPERATOR_KEY, 'SET operatorId = :value', 'own', ['key']],
    [
      'bets that nobody offered',
      GAME_KEY,
      'SET bets[0].allowedMinor[0] = :value',
      2_000_000n,
      ['game', 'presentGame', 'games'],
    ],
    [
      'another engine of a game',
      GAME_KEY,
      'SET engineHash = :value',
      retired,
      ['game', 'presentGame', 'games'],
    ],
    [
      'a disabled game that is enabled',
      GAME_KEY,
      'SET enabled = :value',
      false,
      ['game', 'presentGame', 'games'],
    ],
    [
      'a retired version that is not retired',
      RETIRED,
      'REMOVE retiredAtMs',
      undefined,
      ['retired', 'versions'],
    ],
    [
      'bets of a version',
      RETIRED,
      'SET bets[0].allowedMinor[0] = :value',
      2_000_000n,
      ['retired', 'versions'],
    ],
    ['another activation', ACTIVATION, 'SET activatedAtMs = :value', 1n, ['activations']],
    ['an engine on a server', ENGINE, 'SET remote = :value', remote, ['engine']],
    ['an attribute that nobody reads', OPERATOR, 'SET note = :value', 'x', ['operator', 'key']],
    ['an earlier time of signing', GAME_KEY, 'SET signedAtMs = :value', 5n, ['game', 'presentGame', 'games']],
    ['no MAC', GAME_KEY, 'REMOVE mac', undefined, ['game', 'presentGame', 'games']],
    [
      'a MAC that is a text',
      GAME_KEY,
      'SET mac = :value',
      'AAAAAAAAAAAAAAAAAAAAAA==',
      ['game', 'presentGame', 'games'],
    ],
    ['a set', GAME_KEY, 'SET note = :value', new Set(['x']), ['game', 'presentGame', 'games']],
  ])('%s', async (_, key, expression, value, names) => {
    for (const name of names) await expect(reads[name](), name).resolves.toBeTruthy();
    await change(key, expression, value);
    for (const name of names) await expect(reads[name](), name).rejects.toMatchObject(refused);
  });

  it('an attribute by the name of __proto__', async () => {
    await stage.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: ENGINE,
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': '__proto__' },
        ExpressionAttributeValues: { ':value': { remote } },
      }),
    );
    const engine = await reads.engine().catch((error: unknown) => error);
    expect(engine).not.toHaveProperty('remote');
  });

  it('an authentic item under the key of another', async () => {
    const own = await stored({ pk: `operator-key#${ownKey}`, sk: 'operator-key' });
    await put({ ...own, ...OPERATOR_KEY });
    await expect(reads.key()).rejects.toMatchObject(refused);
    await put({ ...(await stored({ ...RETIRED, sk: active })), ...RETIRED });
    await expect(reads.retired()).rejects.toMatchObject(refused);
  });

  it('an item that somebody signed with another key', async () => {
    const { mac: _, ...game } = await stored(GAME_KEY);
    await put(await signed(macsOfTest(), { ...game, engineHash: other }, 'signedAtMs'));
    await expect(reads.game()).rejects.toMatchObject(refused);
  });

  it('an item among others, whose key is as long as a key may be', async () => {
    const { mac, ...game } = await stored(GAME_KEY);
    await put({ ...game, mac, sk: 'x'.repeat(1_024) });
    await expect(reads.games()).rejects.toMatchObject(refused);
  });
});

describe('nobody builds on a changed item:', () => {
  it('an operator with a changed wallet is not registered again', async () => {
    await change(OPERATOR, 'SET wallets[0].walletUrl = :value', 'https://mine.example');
    const admin = new DynamoRegistryAdmin(table);
    await expect(admin.putOperator(sampleOperator())).rejects.toMatchObject(refused);
    await expect(admin.switchOperator(ids.operator('demo'), true)).rejects.toMatchObject(refused);
    expect(await stored(OPERATOR)).toHaveProperty('enabled', false);
  });

  it('a version that was retired and no longer is cannot become active', async () => {
    await change(RETIRED, 'REMOVE retiredAtMs');
    const versions = new DynamoGameVersions(table);
    await expect(versions.activate(GAME, retired, 9)).rejects.toMatchObject(refused);
    expect(await reads.game()).toHaveProperty('engineHash', active);
  });
});

it('A deleted item of the configuration is absent, so that nothing is played with it', async () => {
  await stage.client.send(new DeleteCommand({ TableName: table.tableName, Key: OPERATOR }));
  expect(await reads.operator()).toBeUndefined();
  expect(await reads.key()).toBeUndefined();
});

it('An operator that is switched on or off stays as it is in everything else', async () => {
  const before = await reads.operator();
  await new DynamoRegistryAdmin(table).switchOperator(ids.operator('demo'), true);
  expect(await reads.operator()).toEqual({ ...before, enabled: true });
  expect(await reads.ownKey()).toHaveProperty('operatorId', 'own');
});
