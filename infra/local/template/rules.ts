import * as z from 'zod';
import { compilePattern } from '../services/event-pattern.ts';
import { ServiceError } from '../services/error.ts';
import type { RuleModel, ScheduleModel, TargetModel } from '../model.ts';
import type { Addresses } from './addresses.ts';
import { TemplateError } from './error.ts';
import type { Functions } from './functions.ts';
import type { Resource, Template } from './template.ts';

/**
 * A target's own retries and dead letters are for events that cannot be handed to Lambda at all. On one machine
 * that does not happen; what a function fails at follows the function's own settings.
 */
const handOver = {
  DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
  RetryPolicy: z.object({}).loose().optional(),
};

const targetSchema = z.strictObject({
  Arn: z.string(),
  Id: z.string(),
  Input: z.string().optional(),
  ...handOver,
});

const ruleSchema = z.object({
  Name: z.string().optional(),
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.literal('ENABLED').optional(),
  Targets: z.array(targetSchema).min(1),
});

const scheduleSchema = z.object({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
  ScheduleExpression: z.string(),
  /** Schedules here run in UTC, as rules do. */
  ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC']).optional(),
  State: z.literal('ENABLED').optional(),
  Target: z.strictObject({ Arn: z.string(), Input: z.string().optional(), ...handOver }),
});

/** @throws TemplateError */
export function readRules(template: Template, functions: Functions, addresses: Addresses) {
  const rules: RuleModel[] = [];
  const schedules: ScheduleModel[] = [];
  for (const resource of template.ofType('AWS::Events::Rule')) {
    const rule = resource.read(ruleSchema, ['Description', 'RoleArn', 'Tags']);
    const name = resource.identity.ref;
    const targets = rule.Targets.map((target) => readTarget(target, resource, functions, addresses));
    if (rule.EventPattern) {
      checkPattern(rule.EventPattern, resource);
      rules.push({ name, busName: busNameOf(rule.EventBusName), pattern: rule.EventPattern, targets });
    }
    const expression = rule.ScheduleExpression;
    if (expression !== undefined) schedules.push(...targets.map((target) => ({ name, expression, target })));
  }
  for (const resource of template.ofType('AWS::Scheduler::Schedule')) {
    const { ScheduleExpression, Target } = resource.read(scheduleSchema, ['Description', 'Target.RoleArn']);
    const target = readTarget(Target, resource, functions, addresses);
    schedules.push({ name: resource.identity.ref, expression: ScheduleExpression, target });
  }
  return { rules, schedules };
}

function readTarget(
  target: { readonly Arn: string; readonly Input?: string | undefined },
  resource: Resource,
  functions: Functions,
  addresses: Addresses,
): TargetModel {
  const functionName = functions.named(target.Arn, resource.logicalId).name;
  const { maxRetries, maxEventAgeMs, deadLetterArn } = functions.asynchrony(functionName);
  return {
    functionName,
    input: target.Input,
    maxRetries,
    maxEventAgeMs,
    deadLetterQueueUrl:
      deadLetterArn === undefined ? undefined : addresses.requireQueueUrl(deadLetterArn, resource.logicalId),
  };
}

function checkPattern(pattern: Readonly<Record<string, unknown>>, resource: Resource): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new TemplateError('UNSUPPORTED_PROPERTY', resource.logicalId, error.message);
  }
}

/** A rule names its bus by name or by ARN. */
function busNameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
