import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { conditionalTransaction } from './conditional-transaction.ts';
import { conditionalWrite } from './conditional-write.ts';

const told = { $metadata: {}, message: 'No' };
async function failing(error: Error): Promise<never> {
  throw error;
}

describe('A write with a condition', () => {
  it('The write is told apart from one whose condition failed, which gives what was found', async () => {
    expect(await conditionalWrite(async () => undefined)).toEqual({ written: true });
    const found = new ConditionalCheckFailedException({ ...told, Item: { pk: { S: 'a' }, n: { N: '1' } } });
    expect(await conditionalWrite(() => failing(found))).toEqual({
      written: false,
      existing: { pk: 'a', n: 1n },
    });
    const nothing = new ConditionalCheckFailedException(told);
    expect(await conditionalWrite(() => failing(nothing))).toEqual({ written: false, existing: undefined });
  });

  it('The write may be repeated where it failed for another reason', async () => {
    const writing = conditionalWrite(() => failing(new Error('socket hang up')));
    await expect(writing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });
});

describe('A transaction with conditions', () => {
  const written = (...codes: readonly (string | undefined)[]) => {
    const CancellationReasons = codes.map((Code) => ({ Code }));
    return tried(new TransactionCanceledException({ ...told, CancellationReasons }));
  };
  const tried = (error: Error | undefined) => {
    const send = async () => (error ? failing(error) : {});
    return conditionalTransaction({ send } as unknown as DynamoDBDocumentClient, []);
  };

  it('The transaction is refused where one of its conditions failed or somebody else wrote', async () => {
    expect(await tried(undefined)).toBe(true);
    expect(await written('None', 'ConditionalCheckFailed')).toBe(false);
    expect(await written('TransactionConflict', 'None')).toBe(false);
  });

  it('The transaction may be repeated where it failed for another reason', async () => {
    const unavailable = { code: 'SERVICE_UNAVAILABLE', retryable: true };
    await expect(written('None', 'ThrottlingError', undefined)).rejects.toMatchObject(unavailable);
    await expect(tried(new TransactionCanceledException(told))).rejects.toMatchObject(unavailable);
    await expect(tried(new Error('socket hang up'))).rejects.toMatchObject(unavailable);
  });
});
