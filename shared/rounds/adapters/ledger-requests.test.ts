import { openMacs } from '../../encryption/macs.fixture.ts';
import { RoundMacs } from '../round-macs.ts';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { committed, intent } from '../any-round.fixture.ts';
import { marshallItem } from '../../aws/attribute-values.fixture.ts';
import type { NativeValue } from '../../aws/attribute-values.ts';
import { itemSize, MAX_ITEM_BYTES } from '../../aws/item-size.ts';
import { minorAmount } from '../../money/money.ts';
import { signRound } from '../sample-round.fixture.ts';
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
