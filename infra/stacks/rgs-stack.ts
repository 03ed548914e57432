import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ActionFunction } from '../constructs/action-function.ts';
import { Alarms } from '../constructs/alarms.ts';
import type { Api, Route } from '../constructs/api.ts';
import { Buckets } from '../constructs/buckets.ts';
import { HttpRoutes } from '../constructs/http-api.ts';
import { Queues } from '../constructs/queues.ts';
import type { Resources } from '../constructs/resources.ts';
import { RestRoutes } from '../constructs/rest-api.ts';
import { Simulations } from '../constructs/simulations.ts';
import { Tables } from '../constructs/tables.ts';
import { asynchronousDeadLetterQueue, connect, triggerStatements } from '../constructs/triggers.ts';
import type { FunctionEntry } from '../../functions/function-entry.ts';
import { FUNCTIONS } from '../../functions/functions.ts';
import type { StageSettings } from '../stages.ts';

export interface RgsStackProps extends StackProps {
  readonly settings: StageSettings;
  /** The folder that has one folder for each function. */
  readonly bundlesDirectory: string;
}

/** The whole product is one stack. The secrets of operators and the engines are data, and not part of it. */
export class RgsStack extends Stack {
  constructor(scope: Construct, id: string, props: RgsStackProps) {
    const { settings } = props;
    super(scope, id, { ...props, terminationProtection: settings.removal === 'retain' });
    const removalPolicy = settings.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const resources = this.resources(settings, removalPolicy);

    const functions = new Map<string, LambdaFunction>();
    for (const entry of FUNCTIONS) {
      const lambda = this.addFunction(entry, resources, removalPolicy, props);
      functions.set(entry.name, lambda);
      const { kind } = entry.trigger;
      if (kind !== 'route' && kind !== 'simulation') connect(this, kind, lambda, resources, settings);
    }
    const api = this.addApi(routesTo(functions), settings, removalPolicy);
    new Alarms(this, 'Alarms', {
      functions,
      queues: resources.queues,
      tables: resources.tables,
      apiServerErrors: api.serverErrors,
      alarmEmail: settings.alarmEmail,
      stage: settings.stage,
    });
    const simulations = new Simulations(this, 'Simulations', {
      shard: functionOf(functions, 'simulate-shard'),
      merge: functionOf(functions, 'merge-simulation'),
      bucket: resources.buckets.simulations,
      settings,
    });
    this.addOutputs(api, resources, simulations);
  }

  private resources(settings: StageSettings, removalPolicy: RemovalPolicy): Resources {
    const retained = settings.removal === 'retain';
    return {
      stage: settings.stage,
      tables: new Tables(this, 'Tables', { removalPolicy, deletionProtection: retained }),
      buckets: new Buckets(this, 'Buckets', { settings, removalPolicy }),
      queues: new Queues(this, 'Queues', {
        removalPolicy,
        recoveryTimeoutSeconds: settings.sizes.worker.timeoutSeconds,
      }),
      bus: new EventBus(this, 'Bus'),
      dataKey: new Key(this, 'DataKey', {
        description: `Wraps the data keys that encrypt seeds and private game state of rgs-${settings.stage}`,
        enableKeyRotation: true,
        removalPolicy,
        pendingWindow: Duration.days(retained ? 30 : 7),
      }),
    };
  }

  private addFunction(
    entry: FunctionEntry,
    resources: Resources,
    removalPolicy: RemovalPolicy,
    { settings, bundlesDirectory }: RgsStackProps,
  ): LambdaFunction {
    return new ActionFunction(this, entry.name, {
      entry,
      settings,
      resources,
      removalPolicy,
      bundlesDirectory,
      triggerStatements: triggerStatements(entry.trigger.kind, resources),
      deadLetterQueue: asynchronousDeadLetterQueue(entry.trigger.kind, resources),
    }).lambda;
  }

  private addApi(routes: readonly Route[], settings: StageSettings, removalPolicy: RemovalPolicy): Api {
    const ApiKind = settings.api === 'rest' ? RestRoutes : HttpRoutes;
    return new ApiKind(this, settings.api === 'rest' ? 'RestApi' : 'HttpApi', {
      routes,
      settings,
      removalPolicy,
    });
  }

  private addOutputs(
    api: Api,
    { tables, buckets, queues, bus, dataKey }: Resources,
    simulations: Simulations,
  ): void {
    const outputs = {
      ApiUrl: api.url,
      LedgerTable: tables.ledger.tableName,
      SessionsTable: tables.sessions.tableName,
      ConfigTable: tables.config.tableName,
      EventsTable: tables.events.tableName,
      EnginesBucket: buckets.engines.bucketName,
      ArchiveBucket: buckets.archive.bucketName,
      SimulationsBucket: buckets.simulations.bucketName,
      RecoveryQueueUrl: queues.recovery.queueUrl,
      ParkingQueueUrl: queues.parking.queueUrl,
      EventBusName: bus.eventBusName,
      DataKeyArn: dataKey.keyArn,
      SimulationStateMachineArn: simulations.stateMachineArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

function routesTo(functions: ReadonlyMap<string, LambdaFunction>): Route[] {
  return FUNCTIONS.flatMap(({ name, trigger }) => {
    const target = functions.get(name);
    return trigger.kind === 'route' && target ? [{ method: trigger.method, path: trigger.path, target }] : [];
  });
}

function functionOf(functions: ReadonlyMap<string, LambdaFunction>, name: string): LambdaFunction {
  const found = functions.get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return found;
}
