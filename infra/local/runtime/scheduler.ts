import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { ScheduleModel } from '../model.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION, localArn } from '../services/endpoints.ts';
import type { Invoke } from './invocation.ts';
import { backoffMs, pause, type Poller, repeat } from './poller.ts';
import type { RuntimeLog } from './runtime-log.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';
import { readState, writeState } from './state-file.ts';
import { exhausted, sendToDeadLetters } from './target-delivery.ts';

/** The longest sleep: a machine that was suspended notices a run that it missed within this time. */
const MAX_SLEEP_MS = 30_000;

const State = z.object({ expression: z.string(), lastRunMs: z.number() });

export interface SchedulerOptions {
  readonly invoke: Invoke;
  readonly sqs: SQSClient;
  readonly log: RuntimeLog;
  /** Where the last run of each schedule is kept. */
  readonly directory: string;
  readonly nowMs: () => number;
}

/**
 * Runs each schedule's function when it is due. Unlike EventBridge the local run is not always there: one run at the
 * start makes up for those that were due meanwhile. Nothing was due before a schedule was first seen.
 * @throws InvalidScheduleError
 */
export function startScheduler(schedules: readonly ScheduleModel[], options: SchedulerOptions): Poller {
  const parsed = schedules.map((model) => ({ model, schedule: parseSchedule(model.expression) }));
  const stopping = new AbortController();
  const loops = parsed.map(({ model, schedule }) =>
    repeat(`Schedule ${model.name}`, stopping.signal, options.log, () =>
      runWhenDue(model, schedule, options, stopping.signal),
    ),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function runWhenDue(
  model: ScheduleModel,
  schedule: Schedule,
  options: SchedulerOptions,
  signal: AbortSignal,
): Promise<'again' | 'done'> {
  const file = path.join(options.directory, `${model.name}.json`);
  const stored = await readState(file, State);
  const isKnown = stored?.expression === model.expression;
  const lastRunMs = isKnown ? stored.lastRunMs : options.nowMs();
  if (!isKnown) await writeState(file, { expression: model.expression, lastRunMs });
  const dueMs = schedule.nextRunMs(lastRunMs);
  if (dueMs === undefined) return 'done';

  await pause(Math.min(MAX_SLEEP_MS, Math.max(0, dueMs - options.nowMs())), signal);
  if (options.nowMs() < dueMs || signal.aborted) return 'again';
  const delivered = await deliver(model, dueMs, options, signal);
  if (delivered) await writeState(file, { expression: model.expression, lastRunMs: options.nowMs() });
  return 'again';
}

/** Resolves to false where the run was cut short and is due again after a restart. */
async function deliver(
  { name, target }: ScheduleModel,
  dueMs: number,
  { invoke, sqs, log, nowMs }: SchedulerOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const ruleArn = localArn('events', `rule/${name}`);
  const input = scheduledEvent(ruleArn, dueMs);
  const startedMs = nowMs();
  for (let failures = 1; ; failures += 1) {
    const result = await invoke(target.functionName, input);
    if (result.ok) return true;
    if (signal.aborted) return false;
    const condition = exhausted(failures, nowMs() - startedMs);
    log.warn(`${target.functionName} failed the run of ${name}`, { condition, ...result.error });
    if (condition !== undefined) {
      const undelivered = { body: JSON.stringify(input), ruleArn, target, error: result.error, condition };
      await sendToDeadLetters(sqs, { ...undelivered, retries: failures - 1 });
      return true;
    }
    await pause(backoffMs(failures - 1), signal);
  }
}

function scheduledEvent(ruleArn: string, dueMs: number): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    time: new Date(dueMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: [ruleArn],
    detail: {},
  };
}
