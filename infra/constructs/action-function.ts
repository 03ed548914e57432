import { join } from 'node:path';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  Effect,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionEntry, SettingVariable } from '../../functions/function-entry.ts';
import type { StageSettings } from '../stages.ts';
import { acknowledgeWildcards, environmentFor, type Resources, statementsFor } from './resources.ts';

export interface ActionFunctionProps {
  readonly entry: FunctionEntry;
  readonly settings: StageSettings;
  readonly resources: Resources;
  readonly removalPolicy: RemovalPolicy;
  /** The folder that has one folder for each function. */
  readonly bundlesDirectory: string;
  /** What the trigger makes the function do beyond its own work, such as reading a stream or deleting messages. */
  readonly triggerStatements: readonly PolicyStatement[];
  /** The queue that gets the events that the function failed to handle. Only a function that is invoked asynchronously has one. */
  readonly deadLetterQueue: IQueue | undefined;
}

/** This is one Lambda function with its own log group. Its role holds what its entry names, and nothing else. */
export class ActionFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: ActionFunctionProps) {
    super(scope, id);
    const { entry, settings, resources, removalPolicy, deadLetterQueue } = props;
    const logGroup = new LogGroup(this, 'Logs', { retention: settings.logRetentionDays, removalPolicy });
    const { memoryMb, timeoutSeconds } = settings.sizes[entry.size];

    this.lambda = new LambdaFunction(this, 'Function', {
      description: entry.purpose,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(props.bundlesDirectory, entry.name)),
      handler: 'handler.handler',
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      environment: environment(entry, settings, resources),
      logGroup,
      role: this.role(logGroup, props),
      // Each attempt asks for the next. Lambda would take the sixteenth message of such a line for a mistake, and drop it.
      ...(entry.trigger.kind === 'recovery-queue' && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(deadLetterQueue && { deadLetterQueue }),
    });
  }

  private role(logGroup: LogGroup, props: ActionFunctionProps): IRole {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        permissions: new PolicyDocument({
          statements: [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
            ...statementsFor(props.entry.permissions, props.resources),
            ...props.triggerStatements,
            ...(props.deadLetterQueue ? [allow(['sqs:SendMessage'], props.deadLetterQueue.queueArn)] : []),
          ],
        }),
      },
    });
    acknowledgeWildcards(role, props.entry.permissions, props.resources);
    // The library widens a role where it sees fit (ListStreams on every stream, for one); this one is complete.
    return role.withoutPolicyUpdates();
  }
}

export function allow(actions: readonly string[], arn: string): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [arn] });
}

function environment(
  entry: FunctionEntry,
  settings: StageSettings,
  resources: Resources,
): Record<string, string> {
  const all: Readonly<Record<SettingVariable, number | string | undefined>> = {
    WALLET_TIMEOUT_MS: settings.walletTimeoutMs,
    GRPC_TIMEOUT_MS: settings.grpcTimeoutMs,
    RANDOM_URL: settings.randomUrl,
    SESSION_TTL_SECONDS: settings.sessionTtlSeconds,
    SESSION_IDLE_SECONDS: settings.sessionIdleSeconds,
    ROUND_LEASE_MS: settings.roundLeaseMs,
    HOT_RETENTION_DAYS: settings.hotRetentionDays,
  };
  return {
    STAGE: settings.stage,
    LOG_LEVEL: settings.logLevel,
    POWERTOOLS_SERVICE_NAME: entry.name,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(settings.stage),
    ...environmentFor(entry.permissions, resources),
    ...Object.fromEntries(
      entry.settings.flatMap((name) => (all[name] === undefined ? [] : [[name, String(all[name])]])),
    ),
  };
}

/**
 * Names the namespace in which a stage's functions publish their metrics. The dimension `service` is the function's
 * name.
 */
export function metricsNamespace(stage: string): string {
  return `serverless-rgs/${stage}`;
}
