import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DomainEvent } from '../events.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { conditionalWrite } from '../../aws/conditional-write.ts';
import type { OperatorId } from '../../foundation/ids.ts';

/**
 * A partition takes 1,000 writes a second. An operator's log has 16 of them, which take 16,000 rounds a second. A reader
 * merges 16 ordered queries, also at midnight. With days as shards, the load of a busy hour would not spread.
 */
const SHARDS = 16;
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const INSTANT_DIGITS = 13;

/** Keeps the log of an operator's events, in order of time within each shard. */
export class DynamoEventLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  /**
   * Writes the event once, however often it is delivered. Events may arrive late. A reader that resumes therefore starts
   * some time before its mark and drops the ids that it has seen.
   */
  async appendEvent(operatorId: OperatorId, event: DomainEvent): Promise<void> {
    await conditionalWrite(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: eventItem(operatorId, event),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }
}

function eventItem(operatorId: OperatorId, event: DomainEvent): NativeItem {
  const { log, atMs, number, ...rest } = event;
  return {
    ...rest,
    pk: `${operatorId}#${shardOf(event.eventId)}`,
    sk: `${String(atMs).padStart(INSTANT_DIGITS, '0')}#${event.eventId}`,
    playerId: log.playerId,
    gameCode: log.gameCode,
    atMs: BigInt(atMs),
    number: BigInt(number),
    expiresAt: BigInt(Math.ceil((atMs + KEPT_MS) / 1000)),
  };
}

/** The shard comes from the id, so that a repeated delivery meets the first one. */
function shardOf(eventId: string): string {
  const [first = 0] = createHash('sha256').update(eventId, 'utf8').digest();
  return (first % SHARDS).toString(16);
}
