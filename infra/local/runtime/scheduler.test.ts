import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScheduleModel, TargetModel } from '../model.ts';
import type { InvocationResult } from './invocation.ts';
import type { Poller } from './poller.ts';
import { startScheduler } from './scheduler.ts';
import { keepLog, useServices } from '../../../test/kit/services.ts';

const running = useServices();
const WAIT = { timeout: 5_000 };
const HOUR_MS = 3_600_000;

let folder: string;
let scheduler: Poller | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rgs-schedule-'));
});
afterEach(async () => {
  await scheduler?.stop();
  scheduler = undefined;
  rmSync(folder, { recursive: true });
});

const succeed: InvocationResult = { ok: true, payload: null };
const fail: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'down' } };

interface Run {
  readonly nowMs: number;
  readonly expression?: string;
  readonly target?: Partial<TargetModel>;
  readonly answer?: () => InvocationResult;
}

/**
 * Starts the scheduler at a moment that stands still, with the schedule and one beside it that is due at every
 * start but the first: when that one has run, a run of the other would have come as well.
 */
function startAt({ nowMs, expression = 'cron(0 * * * ? *)', target = {}, answer = () => succeed }: Run) {
  const inputs: unknown[] = [];
  const canary = Promise.withResolvers<void>();
  const swept: TargetModel = {
    functionName: 'sweep-rounds',
    deadLetterQueueUrl: undefined,
    ...target,
  };
  const schedules: ScheduleModel[] = [
    { name: 'sweep', expression, target: swept },
    { name: 'canary', expression: 'cron(* * * * ? *)', target: { ...swept, functionName: 'canary' } },
  ];
  scheduler = startScheduler(schedules, {
    sqs: running().sqs,
    log: keepLog(),
    directory: folder,
    nowMs: () => nowMs,
    invoke: async (name, input) => {
      if (name === 'canary') canary.resolve();
      else inputs.push(input);
      return name === 'canary' ? succeed : answer();
    },
  });
  return { inputs, canary: canary.promise };
}

/** A first start, at which nothing is due. */
async function seenAt(nowMs: number): Promise<unknown[]> {
  const { inputs } = startAt({ nowMs });
  const files = ['sweep.json', 'canary.json'].map((name) => path.join(folder, name));
  await vi.waitFor(() => expect(files.every((file) => existsSync(file))).toBe(true), WAIT);
  await scheduler?.stop();
  return inputs;
}

test('a schedule does not run when it is first seen', async () => {
  expect(await seenAt(0)).toEqual([]);
});

test('a run that was due while nothing ran is made up for once', async () => {
  await seenAt(0);

  const { inputs } = startAt({ nowMs: 10 * HOUR_MS });

  await vi.waitFor(() => expect(inputs).toHaveLength(1), WAIT);
  await scheduler?.stop();
  expect(inputs).toEqual([
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: '1970-01-01T01:00:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep'],
      detail: {},
    },
  ]);
});

test('a run that was done is not repeated by the next start', async () => {
  await seenAt(0);
  const { inputs: first } = startAt({ nowMs: 10 * HOUR_MS });
  await vi.waitFor(() => expect(first).toHaveLength(1), WAIT);
  await scheduler?.stop();

  const second = startAt({ nowMs: 10.5 * HOUR_MS });
  await second.canary;

  expect(second.inputs).toEqual([]);
});

test('a schedule that was changed begins anew', async () => {
  await seenAt(0);

  const { inputs, canary } = startAt({ nowMs: 10 * HOUR_MS, expression: 'cron(0 0/2 * * ? *)' });
  await canary;

  expect(inputs).toEqual([]);
});

test('a run that fails is retried and then goes to the dead-letter queue', async () => {
  const { QueueUrl: deadLetterQueueUrl = '' } = await running().sqs.send(
    new CreateQueueCommand({ QueueName: randomUUID() }),
  );
  await seenAt(0);

  const { inputs } = startAt({ nowMs: HOUR_MS, target: { deadLetterQueueUrl }, answer: () => fail });

  const command = new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, WaitTimeSeconds: 10 });
  const { Messages = [] } = await running().sqs.send(command);
  expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([inputs[0]]);
  expect(inputs).toHaveLength(3);
});

test('an expression that cannot be read is refused at the start', () => {
  expect(() => startAt({ nowMs: 0, expression: 'daily' })).toThrow('the only schedule that runs here');
});
