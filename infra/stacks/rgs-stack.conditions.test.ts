/** Local services ask nobody for permission, so a condition that does not fit would be noticed in AWS only. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { KmsDataKeys } from '../../shared/encryption/adapters/data-keys.ts';
import { macsOfTest } from '../../shared/encryption/macs.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { DynamoSessionStore } from '../../shared/sessions/adapters/session-store.ts';
import { asList, readable, resourcesOf, type Template, templateOf } from '../template.fixture.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
/** AWS knows this of a request when it decides: the values of each condition key. */
type Context = Readonly<Record<string, readonly string[]>>;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Condition;
}

let template: Template;
beforeAll(() => {
  template = templateOf('prod');
}, 60_000);

/** The condition under which some role may do this. */
function conditionOf(action: string, resource: string): Condition {
  const found = resourcesOf(template, 'AWS::IAM::Role')
    .flatMap(([, { Properties }]) => Properties.Policies ?? [])
    .flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement)
    .find(
      (statement) => asList(statement.Action).includes(action) && readable(statement.Resource) === resource,
    );
  if (found?.Condition === undefined) throw new Error(`No statement with a condition allows ${action}`);
  return found.Condition;
}

/** Decides as IAM does (IAM User Guide, "Condition operators"): everything that the condition names must hold. */
function holds(condition: Condition, context: Context): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => {
      const values = context[key];
      const patterns = asList(expected);
      if (operator === 'Null') return String(values === undefined) === expected;
      if (operator.startsWith('ForAllValues:'))
        return (values ?? []).every((value) => patterns.some((pattern) => isLike(value, pattern)));
      if (operator === 'StringEquals') return values?.length === 1 && patterns.includes(values[0] ?? '');
      throw new Error(`The test knows no operator ${operator}`);
    }),
  );
}

function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

const leading = (...keys: readonly string[]): Context => ({ 'dynamodb:LeadingKeys': keys });

function encryption(context: Readonly<Record<string, string>>): Context {
  const values = Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, [value]]);
  return { ...Object.fromEntries(values), 'kms:EncryptionContextKeys': Object.keys(context) };
}

interface Input {
  readonly Key?: { readonly pk: string };
  readonly Item?: { readonly pk: string };
  readonly EncryptionContext?: Readonly<Record<string, string>>;
}

/** Keeps what was asked of a service, which answers with these properties. */
function asked(answer: object) {
  const inputs: Input[] = [];
  const send = async ({ input }: { readonly input: Input }) => {
    inputs.push(input);
    return answer;
  };
  return { inputs, client: { send } as unknown as DynamoDBDocumentClient & KMSClient };
}

const partitionKeys = (inputs: readonly Input[]) => inputs.map(({ Key, Item }) => (Key ?? Item)?.pk ?? '');

describe('the conditions of permissions', () => {
  const session = {
    sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('coin'),
    currency: 'EUR',
    createdAtMs: 1,
    expiresAtMs: 2,
    revokedAtMs: undefined,
  };

  it('fit what the adapters ask for, and nothing beside it', async () => {
    const sessions = asked({});
    const store = new DynamoSessionStore({
      client: sessions.client,
      tableName: 'sessions',
      macs: macsOfTest(),
    });
    await store.create(session);
    await store.get(session.sessionId);
    const items = asked({});
    const kms = asked({ CiphertextBlob: new Uint8Array(1), Plaintext: new Uint8Array(32) });
    const keys = new KmsDataKeys({
      kms: kms.client,
      keyArn: 'arn',
      encryptedKeys: new DataKeyItems(items.client, 'config'),
      clock: { nowMs: () => 0 },
    });
    await keys.current();

    expect(partitionKeys(sessions.inputs)).toHaveLength(2);
    for (const key of partitionKeys(sessions.inputs)) {
      for (const action of ['dynamodb:GetItem', 'dynamodb:PutItem'])
        expect(holds(conditionOf(action, 'TablesSessions.Arn'), leading(key)), key).toBe(true);
    }
    expect(partitionKeys(items.inputs)).toHaveLength(2);
    for (const key of partitionKeys(items.inputs))
      expect(holds(conditionOf('dynamodb:PutItem', 'TablesConfig.Arn'), leading(key)), key).toBe(true);
    expect(kms.inputs).toHaveLength(2);
    for (const { EncryptionContext = {} } of kms.inputs) {
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
        expect(holds(conditionOf(action, 'DataKey.Arn'), encryption(EncryptionContext))).toBe(true);
    }
  });

  it.each<[string, string, string, Context]>([
    ['an operator', 'dynamodb:PutItem', 'TablesConfig.Arn', leading('operator#demo')],
    ['a data key and a game', 'dynamodb:PutItem', 'TablesConfig.Arn', leading('data-key#202611', 'games')],
    ['a request that names no key', 'dynamodb:PutItem', 'TablesConfig.Arn', {}],
    ['another item among the sessions', 'dynamodb:PutItem', 'TablesSessions.Arn', leading('nonce#1')],
    ['a key of another purpose', 'kms:Decrypt', 'DataKey.Arn', encryption({ purpose: 'other', keyId: '1' })],
    ['a key of no month', 'kms:Decrypt', 'DataKey.Arn', encryption({ purpose: 'rgs-data-key' })],
    ['a key without a context', 'kms:Decrypt', 'DataKey.Arn', {}],
    [
      'a key with more in its context',
      'kms:GenerateDataKey',
      'DataKey.Arn',
      encryption({ purpose: 'rgs-data-key', keyId: '202611', more: 'x' }),
    ],
  ])('refuse %s', (_, action, resource, context) => {
    expect(holds(conditionOf(action, resource), context)).toBe(false);
  });
});
