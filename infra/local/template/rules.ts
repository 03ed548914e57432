import * as z from 'zod';
import type { RuleModel, ScheduleModel } from '../model.ts';
import { deadLetterQueueUrl } from './functions.ts';
import type { Template } from './template.ts';

const texts = z.array(z.string()).min(1);

/** The stack's rules choose events by where they come from and of which type they are, each by exact text. */
const patternSchema = z
  .strictObject({ source: texts.optional(), 'detail-type': texts.optional() })
  .refine((pattern) => Object.keys(pattern).length > 0, 'is empty');

const ruleSchema = z.object({
  Name: z.string().optional(),
  EventBusName: z.string().default('default'),
  EventPattern: patternSchema.optional(),
  ScheduleExpression: z.string().optional(),
  State: z.literal('ENABLED').optional(),
  Targets: z
    .array(
      z.strictObject({
        Arn: z.string(),
        Id: z.string(),
        /**
         * For events that cannot be handed to Lambda at all. On one machine that does not happen; an event that a function
         * fails at goes to the function's own dead-letter queue.
         */
        DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
      }),
    )
    .min(1),
});

/** @throws TemplateError */
export function readRules(template: Template) {
  const rules: RuleModel[] = [];
  const schedules: ScheduleModel[] = [];
  for (const resource of template.ofType('AWS::Events::Rule')) {
    const rule = resource.read(ruleSchema, ['Description', 'Tags']);
    const name = resource.identity.ref;
    const targets = rule.Targets.map(({ Arn }) => {
      const target = template.named('AWS::Lambda::Function', Arn, resource.logicalId);
      return {
        functionName: target.identity.ref,
        deadLetterQueueUrl: deadLetterQueueUrl(template, target),
      };
    });
    const { EventPattern: pattern, ScheduleExpression: expression } = rule;
    if (pattern) rules.push({ name, busName: busNameOf(rule.EventBusName), pattern, targets });
    if (expression !== undefined) schedules.push(...targets.map((target) => ({ name, expression, target })));
  }
  return { rules, schedules };
}

/** A rule names its bus by name or by ARN. */
function busNameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
