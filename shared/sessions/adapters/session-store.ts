import { isDeepStrictEqual } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { FaultError } from '../../foundation/errors.ts';
import type { SessionId } from '../../foundation/ids.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { type ConditionalResult, conditionalWrite } from '../../aws/conditional-write.ts';
import { signed } from '../../encryption/signed-item.ts';
import { decodeSession, DynamoSessions, sessionKey, type SessionTable } from './sessions.ts';

/** An ended session is kept for this long, so that its player is told "expired" and not "unknown". */
const KEPT_AFTER_END_MS = 24 * 60 * 60 * 1000;

/** Keeps sessions in one DynamoDB table. */
export class DynamoSessionStore extends DynamoSessions implements Sessions {
  readonly #table: SessionTable;

  constructor(table: SessionTable) {
    super(table);
    this.#table = table;
  }

  /** @throws FaultError INTERNAL_ERROR where another session has this id */
  async create(session: Session): Promise<void> {
    const result = await this.#put(session, 'attribute_not_exists(pk)');
    // The same session is there after an earlier attempt of this write whose answer was lost.
    if (result.written) return;
    const { existing } = result;
    if (existing && isDeepStrictEqual(await decodeSession(this.#table.macs, existing), session)) return;
    throw new FaultError('INTERNAL_ERROR', 'A new session has the id of another');
  }

  async revoke(sessionId: SessionId, atMs: number): Promise<boolean> {
    const session = await this.get(sessionId);
    if (!session) return false;
    if (session.revokedAtMs !== undefined) return true;
    const unrevoked = 'attribute_exists(pk) AND attribute_not_exists(revokedAtMs)';
    const result = await this.#put({ ...session, revokedAtMs: atMs }, unrevoked);
    // A session changes by its revocation only, and then another request was first. Or its time to live was over.
    return result.written || result.existing !== undefined;
  }

  async #put(session: Session, ConditionExpression: string): Promise<ConditionalResult> {
    const { client, tableName: TableName, macs } = this.#table;
    const Item = await signed(macs, encode(session), 'createdAtMs');
    return conditionalWrite(() =>
      client.send(
        new PutCommand({
          TableName,
          Item,
          ConditionExpression,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }
}

function encode({ expiresAtMs, createdAtMs, revokedAtMs, ...names }: Session): NativeItem {
  return {
    ...sessionKey(names.sessionId),
    ...names,
    createdAtMs: BigInt(createdAtMs),
    endsAtMs: BigInt(expiresAtMs),
    ...(revokedAtMs !== undefined && { revokedAtMs: BigInt(revokedAtMs) }),
    // This is the table's time to live, in seconds.
    expiresAt: BigInt(Math.ceil((expiresAtMs + KEPT_AFTER_END_MS) / 1000)),
  };
}
