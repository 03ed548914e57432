import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import type { EngineVersion } from '../../engines/engine-version.ts';
import { signedPut } from './config-writes.ts';
import { engineVersions } from './engine-versions.ts';
import { testConfigTable } from './config-table.fixture.ts';
import { DynamoRegistryAdmin } from './registry-admin.ts';

const hash = 'ab'.repeat(32);
const module: EngineVersion = { hash, engineId: 'panda', buildId: '1.0.0', publishedAtMs: 1_700_000_000_000 };
const remote: EngineVersion = {
  ...module,
  remote: { url: 'http://treasure-hunt-engine:50052', buildHash: 'cd'.repeat(32) },
};

let database: TestDatabase;
let table: string;
let admin: DynamoRegistryAdmin;
const time = { nowMs: 0 };
const clock = { nowMs: () => time.nowMs };

beforeAll(async () => {
  database = await startDynoxide();
});
afterAll(() => database.stop());
beforeEach(async () => {
  table = `config-${randomUUID()}`;
  await createTable(database.client, table);
  admin = new DynamoRegistryAdmin(testConfigTable(database.client, table));
});

const versions = () => engineVersions(testConfigTable(database.client, table, clock));

describe('an engine version', () => {
  it('has the address of a remote engine, and none for a module', async () => {
    await admin.putEngineVersion(module);
    expect(await versions()(hash)).toEqual(module);
    await admin.putEngineVersion(remote);
    expect(await versions()(hash)).toEqual(remote);
    expect(await versions()('00'.repeat(32))).toBeUndefined();
  });

  it('is a module where it was published before engines could be remote', async () => {
    const { remote: _, maxWinMillionths: __, ...named } = module;
    const item = { pk: `engine#${hash}`, sk: 'engine', ...named, publishedAtMs: 1n };
    const Put = await signedPut(testConfigTable(database.client, table), item, undefined);
    await database.client.send(new PutCommand(Put));
    expect(await versions()(hash)).toEqual({ ...module, publishedAtMs: 1 });
  });

  it('is read again after 30 seconds, because its server may have moved', async () => {
    await admin.putEngineVersion(remote);
    const versionOf = versions();
    await versionOf(hash);
    const moved = { ...remote, remote: { url: 'https://elsewhere', buildHash: 'cd'.repeat(32) } };
    await admin.putEngineVersion(moved);
    expect(await versionOf(hash)).toEqual(remote);
    time.nowMs += 30_000;
    expect(await versionOf(hash)).toEqual(moved);
  });

  it.each([
    ['an address of another kind', { ...remote, remote: { url: 'ftp://engine', buildHash: hash } }],
    ['a build without a hash', { ...remote, remote: { url: 'https://engine', buildHash: '' } }],
    ['no hash of its own', { ...module, hash: 'ab' }],
  ])('is not stored with %s', async (_, version) => {
    await expect(admin.putEngineVersion(version)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});
