import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { intent } from '../any-round.fixture.ts';
import { RoundMacs } from '../round-macs.ts';
import { storeRound } from '../sample-round.fixture.ts';
import { DynamoLedger } from './ledger.ts';
import { DynamoRecoveryMarks } from './recovery-marks.ts';
import { keyOf } from './round-keys.ts';

const TABLE = 'ledger';
const clock = { nowMs: () => 0 };

/** A table that gives this answer, and remembers its requests. */
function answering(answer: () => object) {
  const asked: object[] = [];
  const send = async ({ input }: { input: object }) => {
    asked.push(input);
    return answer();
  };
  return { marks: new DynamoRecoveryMarks({ send } as unknown as DynamoDBDocumentClient, TABLE), asked };
}

const reading = (Item: object, purpose: 'finish' | 'confirm-void' = 'finish') =>
  answering(() => ({ Item })).marks.read(intent(), purpose);

describe('The marks of a stored round', () => {
  it('Marks are read consistently, because a line of recovery may just have set them', async () => {
    const { marks, asked } = answering(() => ({}));
    const round = intent();
    await marks.read(round, 'finish');
    expect(asked).toMatchObject([{ TableName: TABLE, Key: keyOf(round), ConsistentRead: true }]);
  });

  it('Each purpose has a claim and a bell of its own, and both share the acknowledgement', async () => {
    const item = { claimed: 5n, claimedVoid: 6n, rung: true, confirmed: true };
    expect(await reading(item)).toEqual({ claimedAtMs: 5, rung: true, confirmed: true });
    expect(await reading(item, 'confirm-void')).toEqual({ claimedAtMs: 6, rung: false, confirmed: true });
    expect(await reading({ rungVoid: true })).toMatchObject({ rung: false });
    expect(await reading({ rungVoid: true }, 'confirm-void')).toMatchObject({ rung: true });
  });

  it('A claim of the first millisecond is a claim', async () => {
    expect(await reading({ claimed: 0n })).toMatchObject({ claimedAtMs: 0 });
  });

  it.each([
    { claimed: 'now' },
    { claimed: -1n },
    { claimed: 8_640_000_000_000_001n },
    { rung: false },
    { rung: 'yes' },
    { confirmed: false },
    { confirmed: 1n },
  ])('A mark that the product never writes is refused: %o', async (item) => {
    await expect(reading(item)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('Every mark is tried again where DynamoDB does not answer', async () => {
    const { marks } = answering(() => {
      throw new Error('No answer');
    });
    const round = intent();
    const claim = { heldAtMs: undefined, atMs: 5 };
    for (const act of [
      () => marks.read(round, 'finish'),
      () => marks.claim(round, 'finish', claim),
      () => marks.ring(round, 'finish'),
      () => marks.confirm(round),
    ])
      await expect(act(), String(act)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        retryable: true,
      });
  });
});

describe('The marks in the table', () => {
  let database: TestDatabase;
  let ledger: DynamoLedger;
  let marks: DynamoRecoveryMarks;
  const refused: string[] = [];
  const answers: object[] = [];

  beforeAll(async () => {
    database = await startDynoxide();
    await createTable(database.client, TABLE);
    ledger = new DynamoLedger(database.client, TABLE, new RoundMacs(openMacs), clock);
    marks = new DynamoRecoveryMarks({ send } as unknown as DynamoDBDocumentClient, TABLE);
  });
  afterAll(() => database?.stop());

  /** Notes what the table gives, and which writes it refuses. */
  async function send(command: GetCommand | UpdateCommand): Promise<object> {
    try {
      const answer: object = await database.client.send(command as GetCommand);
      answers.push(answer);
      return answer;
    } catch (error) {
      refused.push((error as Error).name);
      throw error;
    }
  }
  const voided = () =>
    storeRound(ledger, { ...intent(), status: 'VOIDED' as const, reason: 'ABANDONED' as const });

  it('A mark that is set already is not set again, so that the stream has no second change', async () => {
    const round = await voided();
    for (const purpose of ['finish', 'confirm-void'] as const) {
      for (const set of [() => marks.ring(round, purpose), () => marks.confirm(round)]) {
        await set();
        refused.length = 0;
        await set();
        expect(refused).toEqual(['ConditionalCheckFailedException']);
      }
    }
  });

  it("A mark is read without the rest of its round's item, which may be large", async () => {
    const round = await voided();
    await marks.claim(round, 'finish', { heldAtMs: undefined, atMs: 5 });
    await marks.ring(round, 'finish');
    await marks.confirm(round);
    answers.length = 0;
    await marks.read(round, 'finish');
    expect(answers).toMatchObject([{ Item: { claimed: 5n, rung: true, confirmed: true } }]);
    expect(Object.keys((answers[0] as { Item: object }).Item)).toHaveLength(3);
  });

  it('A claim takes both halves of an expiry away, so that the round can still be read', async () => {
    const round = await voided();
    await ledger.markArchived(round);
    await ledger.expire(round, 1_800_000_000_000);
    expect(await ledger.get(round)).toHaveProperty('expiry');
    expect(await marks.claim(round, 'confirm-void', { heldAtMs: undefined, atMs: 5 })).toBe(true);
    expect(await ledger.get(round)).toEqual(round);
  });
});
