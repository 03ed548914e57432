import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamMappingModel } from '../model.ts';
import type { InvocationResult } from './invocation.ts';
import { type GivenUp, handleStreamBatch } from './stream-batch.ts';
import type { LambdaStreamRecord } from './stream-record.ts';

const NOW_MS = Date.parse('2026-11-21T00:00:00Z');

function record(sequence: number, ageMs = 0): LambdaStreamRecord {
  return {
    eventID: String(sequence),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn',
    dynamodb: {
      ApproximateCreationDateTime: (NOW_MS - ageMs) / 1000,
      SequenceNumber: String(sequence),
      SizeBytes: 10,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

const records = (...sequences: number[]) => sequences.map((sequence) => record(sequence));
const numbersOf = (batch: readonly LambdaStreamRecord[]) => batch.map(({ eventID }) => Number(eventID));

interface Run {
  readonly invoked: number[][];
  /** Everything in the order in which it became final. */
  readonly done: number[];
  readonly givenUp: { readonly records: number[]; readonly why: GivenUp }[];
}

async function run(
  batch: readonly LambdaStreamRecord[],
  changes: Partial<StreamMappingModel>,
  answer: (batch: number[], call: number) => InvocationResult,
): Promise<Run> {
  const mapping: StreamMappingModel = {
    functionName: 'process-ledger-stream',
    tableName: 'ledger',
    batchSize: 100,
    batchWindowMs: 0,
    bisectsOnError: false,
    maxRetries: undefined,
    maxRecordAgeMs: undefined,
    reportsBatchItemFailures: true,
    failureQueueUrl: undefined,
    ...changes,
  };
  const result: Run = { invoked: [], done: [], givenUp: [] };
  await handleStreamBatch(batch, mapping, {
    signal: new AbortController().signal,
    nowMs: () => NOW_MS,
    invoke: async (_name, event) => {
      const numbers = numbersOf((event as { Records: LambdaStreamRecord[] }).Records);
      result.invoked.push(numbers);
      return answer(numbers, result.invoked.length);
    },
    onDone: async (sequence) => void result.done.push(Number(sequence)),
    onGivenUp: async (given, why) => void result.givenUp.push({ records: numbersOf(given), why }),
    onFailure: () => {},
  });
  return result;
}

const succeed: InvocationResult = { ok: true, payload: null };
const fail: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'no' } };
const failAt = (...sequences: number[]): InvocationResult => ({
  ok: true,
  payload: { batchItemFailures: sequences.map((sequence) => ({ itemIdentifier: String(sequence) })) },
});

test('a batch that succeeds is done as a whole', async () => {
  expect(await run(records(1, 2, 3), {}, () => succeed)).toEqual({
    invoked: [[1, 2, 3]],
    done: [3],
    givenUp: [],
  });
});

test('a reported failure is retried from the first failed record on', async () => {
  const { invoked, done } = await run(records(1, 2, 3, 4), {}, (_batch, call) =>
    call === 1 ? failAt(4, 3) : succeed,
  );

  expect(invoked).toEqual([
    [1, 2, 3, 4],
    [3, 4],
  ]);
  expect(done).toEqual([2, 4]);
});

test('a failed batch is retried as it is, in order', async () => {
  const { invoked, done } = await run(records(1, 2), {}, (_batch, call) => (call < 3 ? fail : succeed));

  expect(invoked).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(done).toEqual([2]);
});

test('reported failures count for nothing where the mapping does not ask for them', async () => {
  const { invoked } = await run(records(1, 2), { reportsBatchItemFailures: false }, () => failAt(1));

  expect(invoked).toEqual([[1, 2]]);
});

test('a batch whose retries are used up is given up and the stream goes on', async () => {
  const { invoked, done, givenUp } = await run(records(1, 2), { maxRetries: 1 }, () => fail);

  expect(invoked).toHaveLength(2);
  expect(done).toEqual([2]);
  expect(givenUp).toEqual([
    {
      records: [1, 2],
      why: expect.objectContaining({ condition: 'RetryAttemptsExhausted', invokeCount: 2 }),
    },
  ]);
});

test('a poison record is bisected to its own failure and its neighbours proceed', async () => {
  const handled: number[] = [];
  const { done, givenUp } = await run(
    records(1, 2, 3, 4, 5),
    { bisectsOnError: true, maxRetries: 1 },
    (batch) => {
      if (batch.includes(3)) return fail;
      handled.push(...batch);
      return succeed;
    },
  );

  expect(handled).toEqual([1, 2, 4, 5]);
  expect(givenUp.map((given) => given.records)).toEqual([[3]]);
  expect(done.at(-1)).toBe(5);
});

test('a batch too long for one event is split even where the mapping does not bisect', async () => {
  const tooLong: InvocationResult = {
    ok: false,
    error: { errorType: 'RequestTooLargeException', errorMessage: '' },
  };
  const { invoked } = await run(records(1, 2, 3), {}, (batch) => (batch.length > 2 ? tooLong : succeed));

  expect(invoked).toEqual([[1, 2, 3], [1, 2], [3]]);
});

test('records that have become too old are given up and the younger ones handled', async () => {
  const batch = [record(1, 90_000), record(2, 61_000), record(3, 5_000)];
  const { invoked, givenUp, done } = await run(batch, { maxRecordAgeMs: 60_000 }, () => succeed);

  expect(givenUp).toEqual([
    { records: [1, 2], why: expect.objectContaining({ condition: 'RecordAgeExceeded' }) },
  ]);
  expect(invoked).toEqual([[3]]);
  expect(done).toEqual([2, 3]);
});

test('whatever fails, every record is handled or given up exactly once, in order', async () => {
  const behaviours = fc.array(fc.constantFrom('good', 'poison', 'reported'), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(behaviours, async (behaviour) => {
      const final: number[] = [];
      const is = (kind: string) => (sequence: number) => behaviour[sequence] === kind;
      const { done, givenUp } = await run(
        records(...behaviour.keys()),
        { bisectsOnError: true, maxRetries: 0 },
        (batch) => {
          if (batch.some(is('poison'))) return fail;
          const failed = batch.filter(is('reported'));
          final.push(...batch.slice(0, failed[0] === undefined ? undefined : batch.indexOf(failed[0])));
          return failAt(...failed);
        },
      );
      const lost = givenUp.flatMap((given) => given.records);
      expect(final).toEqual([...behaviour.keys()].filter(is('good')));
      expect(lost).toEqual([...behaviour.keys()].filter((sequence) => !is('good')(sequence)));
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      expect(done.at(-1)).toBe(behaviour.length - 1);
    }),
  );
});
