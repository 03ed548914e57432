import { randomUUID } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServices, type TestServices } from '../../kit/services.ts';
import { createTable } from '../../../shared/aws/dynamodb.fixture.ts';
import { DataKeyItems } from '../../../shared/encryption/adapters/data-key-items.ts';
import { documentClient } from '../../../shared/aws/document-client.ts';
import { systemRandom } from '../../../shared/aws/random.ts';
import { KmsCipher } from '../../../shared/encryption/adapters/cipher.ts';
import { KmsDataKeys } from '../../../shared/encryption/adapters/data-keys.ts';

const NOVEMBER = Date.UTC(2026, 10, 21);
const MINUTE_MS = 60_000;
const keyArn = `arn:aws:kms:us-east-1:000000000000:key/${randomUUID()}`;

let local: TestServices;
let kms: KMSClient;
let client: ReturnType<typeof documentClient>;
let table: string;
const calls = { kms: 0 };

beforeAll(async () => {
  local = await startTestServices();
  local.services.ensureKey(keyArn.slice(keyArn.indexOf('/') + 1));
  kms = new KMSClient({ ...local.access, endpoint: local.services.endpoints.kms });
  kms.middlewareStack.add(
    (next) => (args) => {
      calls.kms += 1;
      return next(args);
    },
    {},
  );
  client = documentClient({ ...local.access, endpoint: local.services.endpoints.dynamodb });
});
beforeEach(async () => {
  table = randomUUID();
  await createTable(client, table);
  calls.kms = 0;
});
afterAll(async () => {
  kms.destroy();
  client.destroy();
  await local.stop();
});

/** One process: its own memory of keys, the same table and KMS as all others. */
function process(startMs = NOVEMBER) {
  const time = { nowMs: startMs };
  const clock = { nowMs: () => time.nowMs };
  const keys = new KmsDataKeys({ kms, keyArn, encryptedKeys: new DataKeyItems(client, table), clock });
  return { keys, time, cipher: new KmsCipher(keys, systemRandom) };
}

const plain = new TextEncoder().encode('the seed of a round');

describe('data keys', () => {
  it('let one process open what another has sealed', async () => {
    const sealed = await process().cipher.seal(plain, 'here');
    expect(await process().cipher.open(sealed, 'here')).toEqual(plain);
  });

  it('are one for all processes that are first at the same time', async () => {
    const processes = Array.from({ length: 8 }, () => process());
    const sealed = await Promise.all(processes.map(({ cipher }) => cipher.seal(plain, 'here')));
    const reader = process();
    for (const bytes of sealed) expect(await reader.cipher.open(bytes, 'here')).toEqual(plain);
  });

  it('change with the month, and the old one stays readable', async () => {
    const { cipher, time } = process();
    const november = await cipher.seal(plain, 'here');
    time.nowMs = Date.UTC(2026, 11, 1);
    const december = await cipher.seal(plain, 'here');
    const keyId = (bytes: Uint8Array) => Buffer.from(bytes).readUInt32BE(1);
    expect([november, december].map(keyId)).toEqual([202_611, 202_612]);
    expect(await process(time.nowMs).cipher.open(november, 'here')).toEqual(plain);
  });

  it('are asked of KMS again after 15 minutes, and not before', async () => {
    await process().cipher.seal(plain, 'here');
    const { cipher, time } = process();
    calls.kms = 0;
    await Promise.all([cipher.seal(plain, 'a'), cipher.seal(plain, 'b')]);
    time.nowMs += 15 * MINUTE_MS - 1;
    await cipher.seal(plain, 'c');
    expect(calls.kms).toBe(1);
    time.nowMs += 1;
    await cipher.seal(plain, 'd');
    expect(calls.kms).toBe(2);
  });

  it('that were absent are found as soon as another process has made them', async () => {
    const { keys } = process();
    expect(await keys.byId(202_611)).toBeUndefined();
    await process().keys.current();
    expect(await keys.byId(202_611)).toBeDefined();
  });

  it('that were absent are made once, and are then read from the table once', async () => {
    const { keys } = process();
    await keys.current();
    await keys.current();
    calls.kms = 0;
    await keys.current();
    expect(calls.kms).toBe(0);
  });

  it('that are unknown make a record corrupt', async () => {
    const sealed = await process().cipher.seal(plain, 'here');
    Buffer.from(sealed.buffer).writeUInt32BE(209_912, 1);
    await expect(process().cipher.open(sealed, 'here')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it.each([0, 6_145])(
    'that have %i bytes are refused without KMS, which makes none of that size',
    async (length) => {
      const Item = { pk: 'data-key#202702', sk: 'data-key', encryptedKey: new Uint8Array(length) };
      await client.send(new PutCommand({ TableName: table, Item }));
      calls.kms = 0;
      await expect(process().keys.byId(202_702)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
      expect(calls.kms).toBe(0);
    },
  );

  it('that were stored under another month are refused: KMS bound them to theirs', async () => {
    const { keys } = process();
    await keys.current();
    const encryptedKey = await new DataKeyItems(client, table).get(202_611);
    const Item = { pk: 'data-key#202701', sk: 'data-key', encryptedKey };
    await client.send(new PutCommand({ TableName: table, Item }));
    await expect(keys.byId(202_701)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('cannot be had while KMS is away, and then again', async () => {
    const away = new KMSClient({ ...local.access, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const keys = new KmsDataKeys({
      kms: away,
      keyArn,
      encryptedKeys: new DataKeyItems(client, table),
      clock: { nowMs: () => NOVEMBER },
    });
    await expect(keys.current()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    expect((await process().keys.current()).keyId).toBe(202_611);
  });
});
