import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RuleModel, TargetModel } from '../model.ts';
import { localArn } from '../services/endpoints.ts';
import type { EventHandler } from '../services/event-delivery.ts';
import type { BusEvent } from '../services/event-store.ts';
import type { Invoke } from './invocation.ts';
import type { RuntimeLog } from './runtime-log.ts';
import { exhausted, sendToDeadLetters } from './target-delivery.ts';

export interface BusOptions {
  readonly rules: readonly RuleModel[];
  readonly invoke: Invoke;
  readonly sqs: SQSClient;
  readonly log: RuntimeLog;
  readonly nowMs: () => number;
}

/** One target that an event has to reach, and how often that has failed since the local run started. */
interface PendingTarget {
  readonly rule: RuleModel;
  readonly target: TargetModel;
  readonly firstSeenMs: number;
  failures: number;
}

/**
 * Hands an event to the targets of every rule that matches it. Each call is one attempt for each target that has not
 * taken the event yet. It throws while there is one, and the bus calls again later. A target whose attempts are used up
 * has its event put into its dead-letter queue.
 */
export function createEventHandler(options: BusOptions): EventHandler {
  const pending = new Map<string, PendingTarget[]>();
  return async (event, busName) => {
    const targets = pending.get(event.id) ?? targetsOf(event, busName, options.rules, options.nowMs());
    pending.set(event.id, targets);
    const taken = await Promise.all(
      targets.map((target) => attempt(event, target, options).catch(() => false)),
    );
    const left = targets.filter((_, index) => !taken[index]);
    if (left.length === 0) {
      pending.delete(event.id);
      return;
    }
    pending.set(event.id, left);
    const names = left.map(({ target }) => target.functionName).join(', ');
    throw new Error(`not taken by ${names}; see the log of the function`);
  };
}

function targetsOf(
  event: BusEvent,
  busName: string,
  rules: readonly RuleModel[],
  firstSeenMs: number,
): PendingTarget[] {
  return rules
    .filter((rule) => rule.busName === busName && matches(event, rule.pattern))
    .flatMap((rule) => rule.targets.map((target) => ({ rule, target, firstSeenMs, failures: 0 })));
}

function matches(event: BusEvent, pattern: RuleModel['pattern']): boolean {
  return (['source', 'detail-type'] as const).every(
    (field) => pattern[field]?.includes(event[field]) ?? true,
  );
}

/** Resolves to whether the target, or its dead-letter queue, has the event now. */
async function attempt(event: BusEvent, pending: PendingTarget, options: BusOptions): Promise<boolean> {
  const { rule, target } = pending;
  const result = await options.invoke(target.functionName, event);
  if (result.ok) return true;
  pending.failures += 1;
  const condition = exhausted(pending.failures, options.nowMs() - pending.firstSeenMs);
  options.log.warn(`${target.functionName} failed event ${event.id}`, { condition, ...result.error });
  if (condition === undefined) return false;
  await sendToDeadLetters(options.sqs, {
    body: JSON.stringify(event),
    ruleArn: localArn('events', `rule/${rule.busName}/${rule.name}`),
    target,
    error: result.error,
    retries: pending.failures - 1,
    condition,
  });
  return true;
}
