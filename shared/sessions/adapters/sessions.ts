import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { KnownCurrencyCode } from '../../money/currency.ts';
import { GameCode, OperatorId, PlayerId, SessionId } from '../../foundation/ids.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import type { Macs } from '../../encryption/macs.ts';
import { authentic } from '../../encryption/signed-item.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';

const SessionItem = z
  .object({
    pk: z.string(),
    sessionId: SessionId,
    operatorId: OperatorId,
    playerId: PlayerId,
    gameCode: GameCode,
    currency: KnownCurrencyCode,
    createdAtMs: StoredInstant,
    endsAtMs: StoredInstant,
    revokedAtMs: StoredInstant.optional(),
  })
  .refine(({ pk, sessionId }) => pk === sessionKey(sessionId).pk, 'another key');

/** The table of sessions, as a process reaches it. */
export interface SessionTable {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly macs: Macs;
}

/** Reads sessions. Reads are consistent, because a revoked session must not play once more. Play brings no more than this. */
export class DynamoSessions implements Pick<Sessions, 'get'> {
  readonly #table: SessionTable;

  constructor(table: SessionTable) {
    this.#table = table;
  }

  async get(sessionId: SessionId): Promise<Session | undefined> {
    const { client, tableName: TableName, macs } = this.#table;
    const { Item } = await awsCall('DynamoDB', () =>
      client.send(new GetCommand({ TableName, Key: sessionKey(sessionId), ConsistentRead: true })),
    );
    return Item && decodeSession(macs, Item);
  }
}

/** Says whether an item with this partition key is a session. */
export function isSession(partitionKey: string): boolean {
  return partitionKey.startsWith('session#');
}

export function sessionKey(sessionId: SessionId) {
  return { pk: `session#${sessionId}`, sk: 'session' };
}

/** @throws FaultError CORRUPT_RECORD where it is not the session that was signed */
export async function decodeSession(macs: Macs, item: NativeItem): Promise<Session> {
  const checked = stored(SessionItem, await authentic(macs, item, 'createdAtMs'), 'A session');
  const { pk: _, createdAtMs, endsAtMs, revokedAtMs, ...names } = checked;
  return {
    ...names,
    createdAtMs: Number(createdAtMs),
    expiresAtMs: Number(endsAtMs),
    revokedAtMs: revokedAtMs === undefined ? undefined : Number(revokedAtMs),
  };
}
