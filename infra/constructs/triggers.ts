import { Duration } from 'aws-cdk-lib';
import { Rule, type RuleProps, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { recoveryDelivery, streamDelivery } from '../deliveries.ts';
import type { Trigger } from '../../functions/function-entry.ts';
import type { StageSettings } from '../stages.ts';
import { allow } from './action-function.ts';
import type { Queues } from './queues.ts';
import type { Resources } from './resources.ts';

/** Every event that the product publishes has this `source`. */
export const EVENT_SOURCE = 'serverless-rgs';

/**
 * These triggers start functions. The API's routes and the state machine of simulations have constructs of their own.
 */
export type BackgroundTrigger = Exclude<Trigger['kind'], 'route' | 'simulation'>;

/** Gives the permissions that Lambda needs in the function's role, to read the trigger on its behalf. */
export function triggerStatements(kind: Trigger['kind'], { tables, queues }: Resources): PolicyStatement[] {
  switch (kind) {
    case 'ledger-stream':
      return streamStatements([tables.ledger], queues);
    case 'signed-item-streams':
      return streamStatements([tables.config, tables.sessions], queues);
    case 'recovery-queue':
      return [
        allow(
          ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          queues.recovery.queueArn,
        ),
      ];
    default:
      return [];
  }
}

function streamStatements(tables: readonly Table[], queues: Queues): PolicyStatement[] {
  const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
  return [
    ...tables.map((table) =>
      allow(
        actions.map((action) => `dynamodb:${action}`),
        streamOf(table),
      ),
    ),
    allow(['sqs:SendMessage'], queues.streamDeadLetters.queueArn),
  ];
}

function streamOf({ tableStreamArn, node }: Table): string {
  if (tableStreamArn === undefined) throw new Error(`The table ${node.id} has no stream`);
  return tableStreamArn;
}

/** EventBridge invokes asynchronously. Without a queue, what fails after Lambda's own retries would be lost. */
export function asynchronousDeadLetterQueue(kind: Trigger['kind'], { queues }: Resources): Queue | undefined {
  if (kind === 'domain-events') return queues.eventDeadLetters;
  if (kind === 'daily') return queues.dailyDeadLetters;
  return undefined;
}

export function connect(
  scope: Construct,
  kind: BackgroundTrigger,
  target: IFunction,
  resources: Resources,
  settings: StageSettings,
): void {
  switch (kind) {
    case 'ledger-stream':
      return connectStream(scope, 'LedgerStream', resources.tables.ledger, { target, resources });
    case 'signed-item-streams':
      connectStream(scope, 'ConfigStream', resources.tables.config, { target, resources });
      return connectStream(scope, 'SessionsStream', resources.tables.sessions, { target, resources });
    case 'recovery-queue':
      return connectRecoveryQueue(scope, target, resources, settings);
    case 'daily':
      return connectDaily(scope, target, resources);
    case 'domain-events':
      return connectDomainEvents(scope, target, resources);
  }
}

function connectStream(
  scope: Construct,
  id: string,
  table: Table,
  { target, resources }: { readonly target: IFunction; readonly resources: Resources },
): void {
  new EventSourceMapping(scope, id, {
    target,
    eventSourceArn: streamOf(table),
    // The function reads from the oldest record, so that no change of a new deployment goes unseen.
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: streamDelivery.batchSize,
    maxBatchingWindow: Duration.seconds(streamDelivery.windowSeconds),
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    maxRecordAge: Duration.hours(streamDelivery.maxRecordAgeHours),
    onFailure: new SqsDlq(resources.queues.streamDeadLetters),
  });
}

function connectRecoveryQueue(
  scope: Construct,
  target: IFunction,
  { queues }: Resources,
  settings: StageSettings,
): void {
  new EventSourceMapping(scope, 'RecoveryQueue', {
    target,
    eventSourceArn: queues.recovery.queueArn,
    batchSize: recoveryDelivery.batchSize,
    reportBatchItemFailures: true,
    maxConcurrency: settings.recoveryConcurrency,
  });
}

function connectDaily(scope: Construct, target: IFunction, { queues }: Resources): void {
  const rule = onlyRule(scope, 'Daily', {
    description: 'Once a day, when few play',
    schedule: Schedule.cron({ hour: '4', minute: '0' }),
  });
  rule.addTarget(new LambdaTarget(target, { deadLetterQueue: queues.dailyDeadLetters }));
}

function connectDomainEvents(scope: Construct, target: IFunction, { bus, queues }: Resources): void {
  const rule = onlyRule(scope, 'DomainEvents', {
    description: 'Every event that the product publishes',
    eventBus: bus,
    eventPattern: { source: [EVENT_SOURCE] },
  });
  rule.addTarget(new LambdaTarget(target, { deadLetterQueue: queues.eventDeadLetters }));
}

/** All functions of a trigger are targets of one rule, which the first of them makes. EventBridge takes five. */
function onlyRule(scope: Construct, id: string, props: RuleProps): Rule {
  return (scope.node.tryFindChild(id) as Rule | undefined) ?? new Rule(scope, id, props);
}
