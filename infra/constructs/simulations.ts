import { ArnFormat, type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import {
  DefinitionBody,
  DistributedMap,
  JitterType,
  JsonPath,
  ProcessorMode,
  type RetryProps,
  S3JsonItemReader,
  StateMachine,
  ProcessorType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { allow } from './action-function.ts';

export interface SimulationsProps {
  readonly shard: IFunction;
  readonly merge: IFunction;
  readonly bucket: Bucket;
  readonly settings: StageSettings;
}

/** Failures that may pass by themselves. A shard whose engine fails or whose time runs out would do so again. */
const RETRIED: RetryProps = {
  errors: [
    'DependencyError',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ServiceException',
    'Lambda.TooManyRequestsException',
    'Lambda.Unknown',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 8,
  jitterStrategy: JitterType.FULL,
};

/**
 * This state machine plays a simulation's shards on many functions at once, and has them added up. An object lists the
 * shards, because an execution's input holds 256 KiB.
 */
export class Simulations extends Construct {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, props: SimulationsProps) {
    super(scope, id);
    const { settings } = props;
    const stateMachineName = `rgs-${settings.stage}-simulations`;
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      comment: 'Simulates the rounds of a game on many functions at once',
      definitionBody: DefinitionBody.fromChainable(this.shards(props).next(this.merge(props))),
      role: this.role(stateMachineName, props),
      timeout: Duration.days(1),
    });
    // The role has less than this policy would give it, because nothing here is started again from where it failed.
    machine.node.tryRemoveChild('DistributedMapPolicy');
    const never =
      'What a simulation did is in the history of its execution and in the logs of its functions.';
    Validations.of(machine).acknowledge(
      { id: 'AwsSolutions-SF1', reason: never },
      { id: 'AwsSolutions-SF2', reason: never },
    );
    this.stateMachineArn = machine.stateMachineArn;
  }

  private shards({ shard, bucket, settings }: SimulationsProps): DistributedMap {
    const ofRun = ['simulationId', 'engineHash', 'seed', 'mode', 'partRounds'];
    const ofItem = ['first', 'rounds'];
    // A map tolerates no failure unless it is told otherwise.
    const map = new DistributedMap(this, 'Shards', {
      itemReader: new S3JsonItemReader({ bucket: bucket as IBucket, key: JsonPath.stringAt('$.shardsKey') }),
      itemSelector: {
        ...Object.fromEntries(ofRun.map((name) => [`${name}.$`, `$.${name}`])),
        ...Object.fromEntries(ofItem.map((name) => [`${name}.$`, `$$.Map.Item.Value.${name}`])),
      },
      maxConcurrency: settings.simulations.maxConcurrency,
      resultPath: JsonPath.DISCARD,
    });
    const task = new LambdaInvoke(this, 'Simulate', {
      lambdaFunction: shard,
      retryOnServiceExceptions: false,
      // The map holds the answers of all shards, 256 KiB at most, although it drops them in the end.
      outputPath: JsonPath.DISCARD,
    });
    task.addRetry(RETRIED);
    // An express workflow would end after five minutes.
    Validations.of(map).acknowledge({
      id: 'Annotation::@aws-cdk/aws-stepfunctions:propertyIgnored',
      reason:
        'The library asks for the type here, and then says that it takes it from the map, where it is the default.',
    });
    return map.itemProcessor(task, {
      mode: ProcessorMode.DISTRIBUTED,
      executionType: ProcessorType.STANDARD,
    });
  }

  private merge({ merge }: SimulationsProps): LambdaInvoke {
    const task = new LambdaInvoke(this, 'Merge', {
      lambdaFunction: merge,
      outputPath: '$.Payload',
      retryOnServiceExceptions: false,
    });
    task.addRetry(RETRIED);
    return task;
  }

  /** The role is complete, so that the library widens nothing. */
  private role(stateMachineName: string, { shard, merge, bucket }: SimulationsProps) {
    const { partition, region, account } = Stack.of(this);
    const arn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: stateMachineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // The executions of shards carry the label of their map behind the name.
    const executions = ['/*', ':*'].map(
      (ending) => `arn:${partition}:states:${region}:${account}:execution:${stateMachineName}${ending}`,
    );
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        permissions: new PolicyDocument({
          statements: [
            allow(['lambda:InvokeFunction'], shard.functionArn),
            allow(['lambda:InvokeFunction'], merge.functionArn),
            allow(['s3:GetObject'], bucket.arnForObjects('simulations/*/shards.json')),
            // A distributed map runs each shard as an execution of its own.
            allow(['states:StartExecution'], arn),
            ...executions.map((one) => allow(['states:DescribeExecution', 'states:StopExecution'], one)),
          ],
        }),
      },
    });
    acknowledgeWildcards(role, bucket, stateMachineName);
    return role.withoutPolicyUpdates();
  }
}

function acknowledgeWildcards(role: Role, bucket: Bucket, stateMachineName: string): void {
  const bucketId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/simulations/*/shards.json]`,
    reason: 'A simulation is named when it is started; this is the one object of each that it may read.',
  });
  const executions = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution';
  for (const ending of ['/*', ':*'])
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${executions}:${stateMachineName}${ending}]`,
      reason: 'The executions of its shards get their names as they start.',
    });
}
