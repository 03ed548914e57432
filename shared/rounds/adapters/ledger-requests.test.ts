import { openMacs } from '../../encryption/macs.fixture.ts';
import { RoundMacs } from '../round-macs.ts';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { committed, credited, intent } from '../any-round.fixture.ts';
import { marshallItem } from '../../aws/attribute-values.fixture.ts';
import type { NativeItem, NativeValue } from '../../aws/attribute-values.ts';
import { itemSize, MAX_ITEM_BYTES } from '../../aws/item-size.ts';
import { minorAmount } from '../../money/money.ts';
import { signRound } from '../sample-round.fixture.ts';
import { ids } from '../../foundation/ids.fixture.ts';
import { logHashOf } from '../round-address.ts';
import { DynamoLedger } from './ledger.ts';
import { decodeRound, encodeRound } from './round-codec.ts';

/** A table that accepts everything and remembers its requests. */
function taking(answer: () => object = () => ({})) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    asked.push(input);
    return answer();
  };
  return {
    ledger: new DynamoLedger(
      { send } as unknown as DynamoDBDocumentClient,
      'ledger',
      new RoundMacs(openMacs),
      { nowMs: () => 0 },
    ),
    asked,
  };
}

describe('The ledger', () => {
  it('The ledger stores a round that fills an item to the last byte, and none with a byte more', async () => {
    const round = intent();
    const free = MAX_ITEM_BYTES - itemSize(encodeRound({ ...round, sealedOpening: new Uint8Array() }));
    const { ledger, asked } = taking();
    const filled = (bytes: number) => ({ ...round, sealedOpening: new Uint8Array(bytes) });
    expect(await ledger.append(filled(free))).toMatchObject({ appended: true });
    await expect(ledger.append(filled(free + 1))).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(asked).toHaveLength(1);
  });

  it('The ledger reports a fault where the table refuses a round and shows no round in its place', async () => {
    const { ledger } = taking(() => {
      throw new ConditionalCheckFailedException({ message: 'No', $metadata: {} });
    });
    const round = intent();
    await expect(ledger.append(round)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(await ledger.save(committed(round), round)).toBeUndefined();
  });

  it('The ledger refuses the second of two logs that have the same hash, wherever it would read the first', async () => {
    const { log: second, number } = intent();
    const round = await signRound(new RoundMacs(openMacs), intent());
    const Item = encodeRound(round);
    const { ledger: full } = taking(() => ({ Item, Items: [Item] }));
    const { ledger: refusing } = taking(() => {
      const refusal = new ConditionalCheckFailedException({ message: 'No', $metadata: {} });
      throw Object.assign(refusal, { Item: marshallItem(Item) });
    });
    const asked = intent({ log: second, number });
    for (const act of [
      () => full.get(asked),
      () => full.head(second),
      () => refusing.append(asked),
      () => refusing.save(committed(asked), asked),
    ])
      await expect(act(), String(act)).rejects.toMatchObject({
        code: 'CORRUPT_RECORD',
        message: 'Another log of rounds has the same hash',
      });
    expect(await full.get(round)).toEqual(round);
  });

  it('The ledger marks a round as archived with a plain true', async () => {
    const { ledger, asked } = taking();
    await ledger.markArchived(intent());
    expect(asked).toMatchObject([
      { UpdateExpression: 'SET archived = :true', ExpressionAttributeValues: { ':true': true } },
    ]);
  });

  it('The ledger reads every page of a part, each from the end of the one before', async () => {
    const pages = [{ LastEvaluatedKey: { pk: 'here' } }, {}];
    const { ledger, asked } = taking(() => pages.shift() ?? {});
    const found: unknown[] = [];
    for await (const page of ledger.unfinished(5, { index: 1, count: 3 })) found.push(page);
    expect(found).toEqual([[], []]);
    expect(asked).toMatchObject([
      { Segment: 1, TotalSegments: 3, ExpressionAttributeValues: { ':before': 5 } },
      { Segment: 1, TotalSegments: 3, ExclusiveStartKey: { pk: 'here' } },
    ]);
    expect(asked[0]).not.toHaveProperty('ExclusiveStartKey');
  });
});

describe('The head of a log', () => {
  const EXPIRES_AT_MS = 1_800_000_000_000;
  const macs = new RoundMacs(openMacs);

  /** A ledger of round 3, which names round 2, beside a round 1 that may have expired. */
  async function withGap(nowMs: number, expiresAtMs?: number) {
    const first = credited(committed(intent()));
    const expiry = expiresAtMs === undefined ? undefined : await macs.signExpiry(first, expiresAtMs);
    const before = await signRound(macs, first);
    const newest = await signRound(macs, intent({ log: first.log, number: 3 }));
    const Items = [
      encodeRound(newest),
      {
        ...encodeRound(before),
        ...(expiry && { expiresAt: BigInt(expiry.expiresAtMs / 1_000), expiryMac: expiry.mac }),
      },
    ];
    const send = async () => ({ Items });
    const client = { send } as unknown as DynamoDBDocumentClient;
    const ledger = new DynamoLedger(client, 'ledger', macs, { nowMs: () => nowMs });
    return { head: () => ledger.head(first.log), newest };
  }

  it.each([
    ['never expires', 0, undefined],
    ['expires in a millisecond', EXPIRES_AT_MS - 1, EXPIRES_AT_MS],
  ])('A gap is refused after a round that %s', async (_, nowMs, expiresAtMs) => {
    const { head } = await withGap(nowMs, expiresAtMs);
    await expect(head()).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('A gap is allowed after a round that has expired, because the table deletes those in any order', async () => {
    const { head, newest } = await withGap(EXPIRES_AT_MS, EXPIRES_AT_MS);
    expect(await head()).toEqual(newest);
  });
});

describe('A failure of DynamoDB', () => {
  it('Whatever is asked of the ledger is tried again', async () => {
    const { ledger } = taking(() => {
      throw new Error('No answer');
    });
    const round = intent();
    for (const act of [
      () => ledger.head(round.log),
      () => ledger.get(round),
      () => ledger.isFrozen(round.log),
      () => ledger.find(round.roundId),
      () => ledger.append(round),
      () => ledger.save(committed(round), round),
      () => ledger.markArchived(round),
      () => ledger.expire(round, 1_800_000_000_000),
      () => ledger.unfinished(5, { index: 0, count: 1 })[Symbol.asyncIterator]().next(),
    ])
      await expect(act(), String(act)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        retryable: true,
      });
  });
});

describe('The requests of the ledger', () => {
  it('No request is sent for an id that no round can have', async () => {
    const { ledger, asked } = taking();
    expect(await ledger.find(ids.round('7d9f2a10-5b6c-8d7e-0f80-112233445566'))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('A freeze is looked for consistently, because a replica may lack it', async () => {
    const { ledger, asked } = taking();
    const { log } = intent();
    expect(await ledger.isFrozen(log)).toBe(false);
    expect(asked).toMatchObject([{ Key: { pk: logHashOf(log), sk: 'frozen' }, ConsistentRead: true }]);
  });

  it('An expiry is stored in whole seconds, and never earlier than it was asked for', async () => {
    const { ledger, asked } = taking();
    for (const expiresAtMs of [1_800_000_000_000, 1_800_000_000_001])
      await ledger.expire(intent(), expiresAtMs);
    expect(asked).toMatchObject([
      { ExpressionAttributeValues: { ':expiresAt': 1_800_000_000 } },
      { ExpressionAttributeValues: { ':expiresAt': 1_800_000_001 } },
    ]);
  });

  it('The sweep reads no more of a round than its key, its log, its status and its time', async () => {
    const { ledger, asked } = taking();
    for await (const _ of ledger.unfinished(5, { index: 0, count: 1 }));
    const [{ ProjectionExpression = '', ExpressionAttributeNames: names = {} } = {}] =
      asked as ScanCommandInput[];
    const read = ProjectionExpression.split(', ').map((name) => names[name] ?? name);
    expect(read).toEqual(['pk', 'sk', 'log', 'status', 'updatedAt']);
  });

  const readable = encodeRound(intent());
  it.each<NativeItem>([{ log: 'first' }, { log: 5n }, { log: null }, { sk: 'x' }, { sk: 5n }, { pk: 'x' }])(
    'The sweep gives what it can read of a page before it refuses what it cannot: %o',
    async (flaw) => {
      const { ledger } = taking(() => ({ Items: [{ ...readable, ...flaw }, readable, { pk: 'x' }] }));
      const found: unknown[] = [];
      const sweep = async () => {
        for await (const page of ledger.unfinished(5, { index: 0, count: 1 })) found.push(...page);
      };
      await expect(sweep()).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
      expect(found).toHaveLength(1);
    },
  );
});

describe('A stored bonus action', () => {
  const game = { openedBy: 'spin', steps: 1, payoutMillionths: 5n };
  const item = encodeRound(intent({ kind: 'bonus', stakeMinor: minorAmount(0n), gameSoFar: game }));

  it.each(['openedBy', 'gameSteps', 'gamePayout'])(
    'A bonus action with only part of its game is refused, both without and with only: %s',
    (name) => {
      const { [name]: part, ...without } = { ...item } as Record<string, NativeValue>;
      const { openedBy: _, gameSteps: __, gamePayout: ___, ...none } = without;
      const corrupt = expect.objectContaining({ code: 'CORRUPT_RECORD' });
      expect(() => decodeRound(without)).toThrow(corrupt);
      expect(() => decodeRound({ ...none, [name]: part as NativeValue })).toThrow(corrupt);
      expect(decodeRound(none).gameSoFar).toBeUndefined();
    },
  );
});
