import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { RuleModel, TargetModel } from '../model.ts';
import type { BusEvent } from '../services/event-store.ts';
import { createEventHandler } from './bus.ts';
import type { InvocationResult } from './invocation.ts';
import { keepLog, useServices } from '../../../test/kit/services.ts';

const running = useServices();
const BUS = 'domain-events';

const succeed: InvocationResult = { ok: true, payload: null };
const fail: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'down' } };

const event: BusEvent = {
  version: '0',
  id: 'event-1',
  'detail-type': 'RoundCompleted',
  source: 'serverless-rgs',
  account: '000000000000',
  time: '2026-11-21T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { round_id: 'r1' },
};

function target(functionName: string, changes: Partial<TargetModel> = {}): TargetModel {
  return {
    functionName,
    deadLetterQueueUrl: undefined,
    ...changes,
  };
}

function rule(...targets: TargetModel[]): RuleModel {
  return { name: 'all-events', busName: BUS, pattern: { source: ['serverless-rgs'] }, targets };
}

/** Answers by function; keeps what each got. */
function handlerOf(rules: readonly RuleModel[], answers: Record<string, InvocationResult>) {
  const invoked: [string, unknown][] = [];
  const clock = { nowMs: 0 };
  const handle = createEventHandler({
    rules,
    sqs: running().sqs,
    log: keepLog(),
    nowMs: () => clock.nowMs,
    invoke: async (name, input) => {
      invoked.push([name, input]);
      return answers[name] ?? succeed;
    },
  });
  return { handle, invoked, clock };
}

async function createQueue(): Promise<string> {
  const { QueueUrl = '' } = await running().sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
  return QueueUrl;
}

async function messagesOf(queueUrl: string) {
  const command = { QueueUrl: queueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] };
  return (await running().sqs.send(new ReceiveMessageCommand(command))).Messages ?? [];
}

test('an event reaches every target of the rules that match it, and no other', async () => {
  const others: RuleModel[] = [
    { ...rule(target('other-source')), pattern: { source: ['elsewhere'] } },
    { ...rule(target('other-bus')), busName: 'default' },
  ];
  const { handle, invoked } = handlerOf([rule(target('first'), target('second')), ...others], {});

  await handle(event, BUS);

  expect(invoked).toEqual([
    ['first', event],
    ['second', event],
  ]);
});

test('an event that no rule matches is done with', async () => {
  const { handle, invoked } = handlerOf([], {});

  await expect(handle(event, BUS)).resolves.toBeUndefined();
  expect(invoked).toEqual([]);
});

test.each<[RuleModel['pattern'], boolean]>([
  [{ source: ['serverless-rgs'] }, true],
  [{ source: ['aws.ec2', 'serverless-rgs'] }, true],
  [{ 'detail-type': ['RoundCompleted'] }, true],
  [{ source: ['serverless-rgs'], 'detail-type': ['RoundCompleted'] }, true],
  [{ source: ['serverless-rgs'], 'detail-type': ['RoundVoided'] }, false],
  [{ source: ['elsewhere'], 'detail-type': ['RoundCompleted'] }, false],
  [{ source: ['Serverless-RGS'] }, false],
  [{ source: ['serverless'] }, false],
])('the pattern %j matches the event: %j', async (pattern, expected) => {
  const { handle, invoked } = handlerOf([{ ...rule(target('first')), pattern }], {});

  await handle(event, BUS);

  expect(invoked.length > 0).toBe(expected);
});

test('an event is handed over again only to the target that failed', async () => {
  const answers: Record<string, InvocationResult> = { second: fail };
  const { handle, invoked } = handlerOf([rule(target('first'), target('second'))], answers);
  await expect(handle(event, BUS)).rejects.toThrow('not taken by second');
  answers['second'] = succeed;

  await handle(event, BUS);

  expect(invoked.map(([name]) => name)).toEqual(['first', 'second', 'second']);
});

test('an event goes to the dead-letter queue of its target when the retries are used up', async () => {
  const deadLetterQueueUrl = await createQueue();
  const { handle, invoked } = handlerOf([rule(target('first', { deadLetterQueueUrl }))], {
    first: fail,
  });

  await expect(handle(event, BUS)).rejects.toThrow();
  await expect(handle(event, BUS)).rejects.toThrow();
  await handle(event, BUS);

  expect(invoked).toHaveLength(3);
  const [message] = await messagesOf(deadLetterQueueUrl);
  expect(JSON.parse(message?.Body ?? '')).toEqual(event);
  expect(message?.MessageAttributes).toMatchObject({
    RULE_ARN: { StringValue: 'arn:aws:events:us-east-1:000000000000:rule/domain-events/all-events' },
    TARGET_ARN: { StringValue: 'arn:aws:lambda:us-east-1:000000000000:function:first' },
    ERROR_CODE: { StringValue: 'Error' },
    ERROR_MESSAGE: { StringValue: 'down' },
    EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
    RETRY_ATTEMPTS: { StringValue: '2' },
  });
});

test('an event that has become too old goes there as well', async () => {
  const deadLetterQueueUrl = await createQueue();
  const { handle, clock } = handlerOf([rule(target('first', { deadLetterQueueUrl }))], { first: fail });
  await expect(handle(event, BUS)).rejects.toThrow();
  clock.nowMs = 6 * 60 * 60 * 1000 + 1;

  await handle(event, BUS);

  const [message] = await messagesOf(deadLetterQueueUrl);
  expect(message?.MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']?.StringValue).toBe(
    'MaximumEventAgeInSeconds',
  );
});

test('an event stays with the bus while its dead-letter queue cannot be reached', async () => {
  const deadLetterQueueUrl = `${running().services.endpoints.sqs}/000000000000/missing`;
  const { handle } = handlerOf([rule(target('first', { deadLetterQueueUrl }))], { first: fail });

  await expect(handle(event, BUS)).rejects.toThrow('not taken by first');
  await expect(handle(event, BUS)).rejects.toThrow('not taken by first');
  await expect(handle(event, BUS)).rejects.toThrow('not taken by first');
  await expect(handle(event, BUS)).rejects.toThrow('not taken by first');
});
