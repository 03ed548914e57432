import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { FaultError } from '../../foundation/errors.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { conditionalWrite } from '../../aws/conditional-write.ts';
import { stored } from '../../aws/stored.ts';

/** KMS decrypts at most this many bytes (AWS KMS API reference, "Decrypt"). */
const MAX_ENCRYPTED_BYTES = 6_144;

/** KMS would refuse others without saying that the key is wrong. */
export const EncryptedKey = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length > 0 && value.length <= MAX_ENCRYPTED_BYTES,
  'not an encrypted key',
);
const DataKeyItem = z.object({ encryptedKey: EncryptedKey });

/** Keeps data keys in the configuration table, as KMS encrypted them. They never change once they are written. */
export class DataKeyItems {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  async get(keyId: number): Promise<Uint8Array | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(new GetCommand({ TableName: this.#table, Key: keyOf(keyId), ConsistentRead: true })),
    );
    return Item && stored(DataKeyItem, Item, 'A data key').encryptedKey;
  }

  /** Stores a key unless one is there. @returns the key that is stored now: this one, or the one that was first */
  async putIfAbsent(keyId: number, encryptedKey: Uint8Array): Promise<Uint8Array> {
    const result = await conditionalWrite(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...keyOf(keyId), encryptedKey },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (result.written) return encryptedKey;
    if (!result.existing) throw new FaultError('INTERNAL_ERROR', 'A data key was refused without saying why');
    return stored(DataKeyItem, result.existing, 'A data key').encryptedKey;
  }
}

function keyOf(keyId: number) {
  return { pk: `data-key#${keyId}`, sk: 'data-key' };
}
