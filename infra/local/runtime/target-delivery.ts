import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { TargetModel } from '../model.ts';
import { functionArn } from './function-environment.ts';
import type { FunctionError } from './invocation.ts';

export interface UndeliveredEvent {
  /** As JSON: what the function would have got. */
  readonly body: string;
  readonly ruleArn: string;
  readonly target: TargetModel;
  readonly error: FunctionError;
  readonly retries: number;
  readonly condition: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

/** Sends the event to its target's dead-letter queue as EventBridge does, and says why in the attributes. */
export async function sendToDeadLetters(sqs: SQSClient, undelivered: UndeliveredEvent): Promise<void> {
  const { body, ruleArn, target, error, retries, condition } = undelivered;
  if (target.deadLetterQueueUrl === undefined) return;
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: functionArn(target.functionName),
    ERROR_CODE: error.errorType,
    ERROR_MESSAGE: error.errorMessage,
    EXHAUSTED_RETRY_CONDITION: condition,
    RETRY_ATTEMPTS: String(retries),
  };
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value || '-' },
    ]),
  );
  const command = { QueueUrl: target.deadLetterQueueUrl, MessageBody: body, MessageAttributes };
  await sqs.send(new SendMessageCommand(command));
}

/** What Lambda does with an asynchronous invocation that a function fails at. The stack sets nothing else. */
const MAX_RETRIES = 2;
const MAX_EVENT_AGE_MS = 6 * 60 * 60 * 1000;

/** Tells why a target gets an event no more after so many attempts. It is undefined while there is another one. */
export function exhausted(attempts: number, ageMs: number): UndeliveredEvent['condition'] | undefined {
  if (attempts > MAX_RETRIES) return 'MaximumRetryAttempts';
  return ageMs > MAX_EVENT_AGE_MS ? 'MaximumEventAgeInSeconds' : undefined;
}
