import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { signRound } from '../../shared/rounds/sample-round.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { mainWallet } from '../../shared/operators/operator.fixture.ts';
import { createSecretKey, randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { Secrets } from '../../shared/aws/secrets.ts';
import { FaultError, RgsError } from '../../shared/foundation/errors.ts';
import { RoundsFixture } from '../../shared/rounds/rounds.fixture.ts';
import { anyRound } from '../../shared/rounds/any-round.fixture.ts';
import { jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, inheritedName } from './strings.ts';

/** The code of a refusal for what is stored, and of no other error. */
async function corrupt(reading: Promise<unknown>): Promise<boolean> {
  return reading.then(
    () => false,
    (error: unknown) => {
      expect(error).toBeInstanceOf(FaultError);
      expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
      return true;
    },
  );
}

describe('the bytes of a table', () => {
  let answer: unknown;
  const requestHandler = {
    handle: async () => ({
      response: {
        statusCode: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify(answer)),
      },
    }),
  };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = documentClient({
    region: 'us-east-1',
    credentials,
    requestHandler: requestHandler as never,
  });
  const ledger = new DynamoLedger(client, 'ledger', new RoundMacs(openMacs), { nowMs: () => 0 });

  const attribute = fc.oneof(
    fc.constantFrom<unknown>(
      { N: '1.5' },
      { N: '1e2' },
      { N: '9'.repeat(39) },
      { N: '-0' },
      { NULL: true },
      { S: '' },
    ),
    fc.constantFrom<unknown>(
      { SS: ['a'] },
      { NS: ['1', '2.5'] },
      { BS: ['AA=='] },
      { L: [{ N: '0.1' }] },
      { M: {} },
    ),
    fc.constantFrom<unknown>(
      { B: 'AAAA' },
      { BOOL: false },
      { N: '1' },
      { S: 'EUR' },
      { N: '100000000000000000000' },
    ),
  );
  const stored = fc.tuple(
    anyRound,
    fc.nat(),
    attribute,
    fc.constantFrom('none', 'one', 'extra'),
    inheritedName,
  );

  it(
    "what the table's client reads is a round, or is refused",
    hostile(stored, async ([unsigned, at, held, kind, extra]) => {
      const round = await signRound(new RoundMacs(openMacs), unsigned);
      const image: Record<string, unknown> = marshallItem(encodeRound(round));
      const names = Object.keys(image);
      const name = kind === 'extra' ? extra : (names[at % names.length] ?? 'pk');
      answer = {
        Item: kind === 'none' ? image : Object.fromEntries([...Object.entries(image), [name, held]]),
      };
      const reading = ledger.get(round);
      if (await corrupt(reading)) {
        expect(kind).not.toBe('none');
        return 'refused';
      }
      expect(await reading).toEqual(round);
      return 'accepted';
    }),
  );

  const keyBytes = fc.oneof(
    fc.constantFrom<unknown>({ B: '' }, { S: 'AAAA' }, { N: '1' }, { NULL: true }, undefined),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ B: Buffer.from(bytes).toString('base64') })),
  );
  it(
    'a stored data key is read as its bytes, or is refused',
    hostile(keyBytes, async (encryptedKey) => {
      answer = {
        Item: {
          pk: { S: 'data-key#202611' },
          sk: { S: 'data-key' },
          ...(encryptedKey !== undefined && { encryptedKey }),
        },
      };
      const reading = new DataKeyItems(client, 'config').get(202_611);
      const { B } = (encryptedKey ?? {}) as { B?: string };
      if (await corrupt(reading)) {
        expect(B ?? '').toBe('');
        return 'refused';
      }
      expect(Buffer.from((await reading) ?? []).toString('base64')).toBe(B);
      return 'accepted';
    }),
  );
});

describe('sealed bytes', () => {
  const key = createSecretKey(Buffer.alloc(32, 7));
  const keys = {
    current: async () => ({ keyId: 202_611, key }),
    byId: async (keyId: number) => (keyId === 202_611 ? key : undefined),
  };
  const cipher = new KmsCipher(keys, {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    uuid: () => '',
  });
  const damage = fc.tuple(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom('none', 'flip', 'cut', 'extend', 'context', 'any'),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
  );

  it(
    'sealed bytes open to what was sealed, or are refused',
    hostile(damage, async ([plain, kind, at, mask]) => {
      const sealed = await cipher.seal(plain, 'demo#player#game#1#start');
      const place = at % sealed.length;
      const damaged = {
        none: sealed,
        context: sealed,
        flip: sealed.map((byte, index) => (index === place ? byte ^ mask : byte)),
        cut: sealed.slice(0, place),
        extend: new Uint8Array([...sealed, mask]),
        any: plain,
      }[kind as 'none'];
      const context = kind === 'context' ? 'demo#player#game#2#start' : 'demo#player#game#1#start';
      const opening = cipher.open(damaged, context);
      if (await corrupt(opening)) {
        expect(kind).not.toBe('none');
        return 'refused';
      }
      expect([kind, Buffer.from(await opening).equals(plain)]).toEqual(['none', true]);
      return 'accepted';
    }),
  );
});

describe('the answer of Secrets Manager', () => {
  let answer: { readonly statusCode: number; readonly body: string };
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: answer.statusCode,
          headers: { 'content-type': 'application/x-amz-json-1.1' },
          body: Buffer.from(answer.body),
        },
      }),
    } as never,
  });

  const told = mutatedObject({
    Name: hostileText,
    SecretString: fc.oneof(
      { weight: 6, arbitrary: hostileText },
      fc.constantFrom<unknown>(undefined, '', null, 0, 5, true, [], ['a'], {}),
    ),
    SecretBinary: fc.constantFrom<unknown>(undefined, undefined, 'AAAA', '*', 5),
    VersionStages: fc.constantFrom<unknown>(undefined, ['AWSCURRENT'], null, 'AWSCURRENT'),
  });
  const refused = mutatedObject({
    __type: fc.constantFrom(
      'ResourceNotFoundException',
      'InvalidParameterException',
      'InternalServiceError',
      '__proto__',
    ),
    message: hostileText,
  });
  const answers = fc.oneof(
    { weight: 3, arbitrary: fc.record({ statusCode: fc.constant(200), body: told }) },
    { weight: 1, arbitrary: fc.record({ statusCode: fc.constantFrom(400, 500), body: refused }) },
    {
      weight: 1,
      arbitrary: fc.record({ statusCode: fc.constantFrom(200, 204, 302, 400, 503), body: jsonText }),
    },
  );

  /** The text of an answer that has one. The SDK keeps the last of two equal names, and no test can tell which was meant. */
  function textOf(): string | undefined {
    try {
      const { SecretString } = JSON.parse(answer.body) as { SecretString?: unknown };
      return answer.statusCode === 200 && typeof SecretString === 'string' ? SecretString : '';
    } catch {
      return '';
    }
  }

  function hasPlainBytes(): boolean {
    try {
      const { SecretBinary } = JSON.parse(answer.body) as { SecretBinary?: unknown };
      return [undefined, 'AAAA'].includes(SecretBinary as string);
    } catch {
      return true;
    }
  }

  it(
    'a secret is the text that is stored, or the wallet that it is for is not called',
    hostile(answers, async (given) => {
      answer = given;
      const secrets = new Secrets(client, { nowMs: () => 0 });
      const wallet = httpWallets({
        secret: (name) => secrets.secret(name),
        clock: { nowMs: () => 0 },
        timeoutMs: 1_000,
        telemetry: { count: () => undefined, warn: () => undefined },
      }).of(new RoundsFixture().operator, mainWallet);
      const expected = textOf();
      const text = await secrets.secret('wallet-key').catch((error: unknown) => {
        expect(error).toBeInstanceOf(RgsError);
        expect(['MISCONFIGURED', 'SERVICE_UNAVAILABLE']).toContain((error as RgsError).code);
        return '';
      });
      const ready = await wallet.ready().catch((error: unknown) => error);
      // Bytes beside the text that are none may be refused by the SDK already.
      expect(text).toBe(hasPlainBytes() || text !== '' ? expected : '');
      if (text !== '') {
        expect(ready).toBeUndefined();
        return 'accepted';
      }
      expect(ready).toHaveProperty('code', 'WALLET_UNAVAILABLE');
      return 'refused';
    }),
  );
});
