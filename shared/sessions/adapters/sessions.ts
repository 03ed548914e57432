import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { KnownCurrencyCode } from '../../money/currency.ts';
import { FaultError } from '../../foundation/errors.ts';
import { GameCode, OperatorId, PlayerId, SessionId } from '../../foundation/ids.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { type ConditionalResult, conditionalWrite } from '../../aws/conditional-write.ts';
import type { Macs } from '../../encryption/macs.ts';
import { authentic, signed } from '../../encryption/signed-item.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';

/** An ended session is kept for this long, so that its player is told "expired" and not "unknown". */
const KEPT_AFTER_END_MS = 24 * 60 * 60 * 1000;

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
  .refine(({ pk, sessionId }) => pk === keyOf(sessionId).pk, 'another key');

/** Keeps sessions in one DynamoDB table. Reads are consistent, because a revoked session must not play once more. */
export class DynamoSessions implements Sessions {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #macs: Macs;

  constructor(client: DynamoDBDocumentClient, tableName: string, macs: Macs) {
    this.#client = client;
    this.#table = tableName;
    this.#macs = macs;
  }

  async get(sessionId: SessionId): Promise<Session | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(
        new GetCommand({ TableName: this.#table, Key: keyOf(sessionId), ConsistentRead: true }),
      ),
    );
    return Item && this.#decoded(Item);
  }

  /** @throws FaultError INTERNAL_ERROR where another session has this id */
  async create(session: Session): Promise<void> {
    const result = await this.#put(session, 'attribute_not_exists(pk)');
    // The same session is there after an earlier attempt of this write whose answer was lost.
    if (result.written) return;
    const { existing } = result;
    if (existing && isDeepStrictEqual(await this.#decoded(existing), session)) return;
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
    const Item = await signed(this.#macs, encode(session), 'createdAtMs');
    return conditionalWrite(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item,
          ConditionExpression,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  async #decoded(item: NativeItem): Promise<Session> {
    return decode(await authentic(this.#macs, item, 'createdAtMs'));
  }
}

function keyOf(sessionId: SessionId) {
  return { pk: `session#${sessionId}`, sk: 'session' };
}

function encode({ expiresAtMs, createdAtMs, revokedAtMs, ...names }: Session): NativeItem {
  return {
    ...keyOf(names.sessionId),
    ...names,
    createdAtMs: BigInt(createdAtMs),
    endsAtMs: BigInt(expiresAtMs),
    ...(revokedAtMs !== undefined && { revokedAtMs: BigInt(revokedAtMs) }),
    // This is the table's time to live, in seconds.
    expiresAt: BigInt(Math.ceil((expiresAtMs + KEPT_AFTER_END_MS) / 1000)),
  };
}

function decode(item: unknown): Session {
  const { pk: _, createdAtMs, endsAtMs, revokedAtMs, ...names } = stored(SessionItem, item, 'A session');
  return {
    ...names,
    createdAtMs: Number(createdAtMs),
    expiresAtMs: Number(endsAtMs),
    revokedAtMs: revokedAtMs === undefined ? undefined : Number(revokedAtMs),
  };
}
