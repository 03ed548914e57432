import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { sampleIntent } from '../sample-round.fixture.ts';
import { SqsRecoveryQueue } from './sqs-recovery-queue.ts';

const { log, number } = sampleIntent();

it.each([
  [-1, 0],
  [0, 0],
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [900_000, 900],
  [900_001, 900],
])('A delay of %i ms is one of %i whole seconds, which SQS takes', async (delayMs, seconds) => {
  const sent: unknown[] = [];
  const send = async ({ input }: SendMessageBatchCommand) => {
    sent.push(...(input.Entries ?? []).map(({ DelaySeconds }) => DelaySeconds));
    return {};
  };
  const queue = new SqsRecoveryQueue({ send } as unknown as SQSClient, 'queue');
  await queue.send([{ log, number, purpose: 'finish', attempt: 0 }], delayMs);
  expect(sent).toEqual([seconds]);
});
