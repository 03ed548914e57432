import type { Definition } from './template/states-language.ts';

/** The local run needs to know this of a synthesised stack. Every intrinsic function is resolved. */
export interface StackModel {
  readonly functions: readonly FunctionModel[];
  readonly routes: readonly RouteModel[];
  readonly queueMappings: readonly QueueMappingModel[];
  readonly streamMappings: readonly StreamMappingModel[];
  readonly rules: readonly RuleModel[];
  readonly schedules: readonly ScheduleModel[];
  readonly stateMachines: readonly StateMachineModel[];
  readonly outputs: Readonly<Record<string, string>>;
}

export interface FunctionModel {
  readonly name: string;
  /** Absolute path of the folder that would be zipped and uploaded. */
  readonly codeDirectory: string;
  /** As in the template, for example `handler.handler`. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface RouteModel {
  readonly method: string;
  /** API Gateway's notation: `/api/v1/games/{gameCode}/spin`. */
  readonly path: string;
  readonly functionName: string;
}

export interface QueueMappingModel {
  readonly functionName: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly reportsBatchItemFailures: boolean;
  readonly maxConcurrency: number | undefined;
}

export interface StreamMappingModel {
  readonly functionName: string;
  readonly tableName: string;
  readonly batchSize: number;
  readonly batchWindowMs: number;
  readonly bisectsOnError: boolean;
  /** Undefined: until the record expires. */
  readonly maxRetries: number | undefined;
  readonly maxRecordAgeMs: number | undefined;
  readonly reportsBatchItemFailures: boolean;
  /** Where the description of a batch given up goes. */
  readonly failureQueueUrl: string | undefined;
}

export interface RuleModel {
  readonly name: string;
  readonly busName: string;
  /** Every field that is named has to be one of its values. */
  readonly pattern: Readonly<Partial<Record<'source' | 'detail-type', readonly string[] | undefined>>>;
  readonly targets: readonly TargetModel[];
}

export interface ScheduleModel {
  readonly name: string;
  /** `cron(0 3 * * ? *)`, in UTC. */
  readonly expression: string;
  readonly target: TargetModel;
}

/** EventBridge hands this function events asynchronously. Lambda's own retries apply, and not those of the rule. */
export interface TargetModel {
  readonly functionName: string;
  /** The function's dead-letter queue: it gets the event itself. */
  readonly deadLetterQueueUrl: string | undefined;
}

export interface StateMachineModel {
  readonly arn: string;
  /** Its tasks call functions by the names that these are deployed under. */
  readonly definition: Definition;
}
