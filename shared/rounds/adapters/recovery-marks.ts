import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { awsCall } from '../../aws/aws-call.ts';
import { conditionalWrite } from '../../aws/conditional-write.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';
import type { RoundReference } from '../ledger.ts';
import type { Marks, RecoveryMarks } from '../recovery-marks.ts';
import type { RecoveryRequest } from '../recovery-queue.ts';
import { keyOf } from './round-keys.ts';

/** Each purpose has marks of its own. The last rollback comes after the first one, and another line carries it. */
export const MARKS_OF = {
  finish: { claim: 'claimed', rung: 'rung' },
  'confirm-void': { claim: 'claimedVoid', rung: 'rungVoid' },
} as const satisfies Record<RecoveryRequest['purpose'], { readonly claim: string; readonly rung: string }>;

const StoredMarks = z.object({
  claim: StoredInstant.optional(),
  rung: z.literal(true).optional(),
  confirmed: z.literal(true).optional(),
});

/** Keeps the marks as attributes of the round's item in the ledger's table. */
export class DynamoRecoveryMarks implements RecoveryMarks {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  /** @throws FaultError CORRUPT_RECORD where a mark is not of its kind */
  async read(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<Marks> {
    const names = MARKS_OF[purpose];
    const { Item = {} } = await awsCall('DynamoDB', () =>
      this.#client.send(
        new GetCommand({
          TableName: this.#table,
          Key: keyOf(reference),
          ConsistentRead: true,
          ProjectionExpression: `${names.claim}, ${names.rung}, confirmed`,
        }),
      ),
    );
    const { [names.claim]: claim, [names.rung]: rung, confirmed } = Item;
    const marks = stored(StoredMarks, { claim, rung, confirmed }, "A round's marks of recovery");
    return {
      claimedAtMs: marks.claim === undefined ? undefined : Number(marks.claim),
      rung: marks.rung ?? false,
      confirmed: marks.confirmed ?? false,
    };
  }

  claim(
    reference: RoundReference,
    purpose: RecoveryRequest['purpose'],
    { heldAtMs, atMs }: { readonly heldAtMs: number | undefined; readonly atMs: number },
  ): Promise<boolean> {
    const held = heldAtMs === undefined ? 'attribute_not_exists(#claim)' : '#claim = :held';
    return this.#mark(reference, {
      UpdateExpression: 'SET #claim = :at REMOVE expiresAt, expiryMac',
      ConditionExpression: `attribute_exists(pk) AND ${held}`,
      ExpressionAttributeNames: { '#claim': MARKS_OF[purpose].claim },
      ExpressionAttributeValues: { ':at': atMs, ...(heldAtMs !== undefined && { ':held': heldAtMs }) },
    });
  }

  async ring(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<void> {
    await this.#mark(reference, {
      UpdateExpression: 'SET #rung = :true',
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#rung)',
      ExpressionAttributeNames: { '#rung': MARKS_OF[purpose].rung },
      ExpressionAttributeValues: { ':true': true },
    });
  }

  async confirm(reference: RoundReference): Promise<void> {
    await this.#mark(reference, {
      UpdateExpression: 'SET confirmed = :true',
      ConditionExpression: '#status = :voided AND attribute_not_exists(confirmed)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':true': true, ':voided': 'VOIDED' },
    });
  }

  async #mark(
    reference: RoundReference,
    update: Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName' | 'Key'>,
  ): Promise<boolean> {
    const { written } = await conditionalWrite(() =>
      this.#client.send(new UpdateCommand({ TableName: this.#table, Key: keyOf(reference), ...update })),
    );
    return written;
  }
}
