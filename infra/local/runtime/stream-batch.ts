import type { StreamMappingModel } from '../model.ts';
import { failedItems } from './batch-response.ts';
import { type FunctionError, type Invoke, REQUEST_TOO_LARGE } from './invocation.ts';
import { backoffMs, pause } from './poller.ts';
import type { LambdaStreamRecord } from './stream-record.ts';

export type Batch = readonly LambdaStreamRecord[];

/** Says in Lambda's words why records were given up. */
export interface GivenUp {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
  readonly error: FunctionError | undefined;
}

export interface StreamBatchOptions {
  readonly invoke: Invoke;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** The records up to and including this one need no more work. */
  readonly onDone: (sequenceNumber: string) => Promise<void>;
  readonly onGivenUp: (batch: Batch, why: GivenUp) => Promise<void>;
  readonly onFailure: (error: FunctionError, batchSize: number) => void;
}

/**
 * Has a function handle a batch as Lambda does, in order and until nothing is left of it. A reported failure moves the
 * start of the batch there. A batch that gets no further is bisected where the mapping says so, which costs no attempt.
 * Otherwise it is retried with growing pauses, until the attempts are used up or the records are too old. A batch too
 * long for one event is always split. It returns early, with records left, when the signal is aborted.
 */
export async function handleStreamBatch(
  batch: Batch,
  mapping: StreamMappingModel,
  options: StreamBatchOptions,
  attempts = 0,
): Promise<void> {
  let rest = batch;
  let used = attempts;
  while (rest.length > 0 && !options.signal.aborted) {
    const fresh = await giveUpOld(rest, mapping, options, used);
    if (fresh.length === 0) return;
    const outcome = await invokeWith(fresh, mapping, options.invoke);
    if (options.signal.aborted && outcome.error !== undefined) return;
    if (outcome.handled > 0) await options.onDone(sequenceOf(fresh[outcome.handled - 1]));
    rest = fresh.slice(outcome.handled);
    if (rest.length === 0) return;
    if (outcome.error !== undefined) options.onFailure(outcome.error, rest.length);
    if (outcome.handled > 0) {
      used = 0;
      continue;
    }
    const splits = mapping.bisectsOnError || outcome.error?.errorType === REQUEST_TOO_LARGE;
    if (splits && rest.length > 1) return bisect(rest, mapping, options, used);
    used += 1;
    if (used > (mapping.maxRetries ?? Infinity)) {
      return giveUp(
        rest,
        { condition: 'RetryAttemptsExhausted', invokeCount: used, error: outcome.error },
        options,
      );
    }
    await pause(backoffMs(used - 1), options.signal);
  }
}

interface Outcome {
  /** How many records from the start need no more work. */
  readonly handled: number;
  readonly error: FunctionError | undefined;
}

async function invokeWith(batch: Batch, mapping: StreamMappingModel, invoke: Invoke): Promise<Outcome> {
  const result = await invoke(mapping.functionName, { Records: batch });
  if (!result.ok) return { handled: 0, error: result.error };
  if (!mapping.reportsBatchItemFailures) return { handled: batch.length, error: undefined };
  const failed = failedItems(result.payload, batch.map(sequenceOf));
  const first = batch.findIndex((record) => failed.has(sequenceOf(record)));
  return { handled: first < 0 ? batch.length : first, error: undefined };
}

async function bisect(
  batch: Batch,
  mapping: StreamMappingModel,
  options: StreamBatchOptions,
  attempts: number,
): Promise<void> {
  const middle = Math.ceil(batch.length / 2);
  await handleStreamBatch(batch.slice(0, middle), mapping, options, attempts);
  await handleStreamBatch(batch.slice(middle), mapping, options, attempts);
}

/** Returns the records that are young enough; they follow the old ones, because a stream is in order of age. */
async function giveUpOld(
  batch: Batch,
  mapping: StreamMappingModel,
  options: StreamBatchOptions,
  invokeCount: number,
): Promise<Batch> {
  const oldestMs = options.nowMs() - (mapping.maxRecordAgeMs ?? Infinity);
  const isFresh = (record: LambdaStreamRecord) =>
    record.dynamodb.ApproximateCreationDateTime * 1000 >= oldestMs;
  const firstFresh = batch.findIndex(isFresh);
  const old = firstFresh < 0 ? batch : batch.slice(0, firstFresh);
  if (old.length > 0)
    await giveUp(old, { condition: 'RecordAgeExceeded', invokeCount, error: undefined }, options);
  return batch.slice(old.length);
}

async function giveUp(batch: Batch, why: GivenUp, options: StreamBatchOptions): Promise<void> {
  await options.onGivenUp(batch, why);
  await options.onDone(sequenceOf(batch.at(-1)));
}

function sequenceOf(record: LambdaStreamRecord | undefined): string {
  return record?.dynamodb.SequenceNumber ?? '';
}
