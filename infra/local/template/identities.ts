import { LOCAL_ACCOUNT, LOCAL_REGION } from '../services/endpoints.ts';
import { apiIdOf, keyIdOf, NAME_LIMITS, physicalName } from './physical-names.ts';
import type { ReadType } from './resource-types.ts';

/** What `Ref` and `Fn::GetAtt` make of a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface IdentityContext {
  readonly stackName: string;
  readonly logicalId: string;
  /** The template's own value of a property that names the resource, resolved; undefined where it has none. */
  readonly named: (property: string) => string | undefined;
  /** `http://127.0.0.1:PORT` */
  readonly sqsEndpoint: string;
  readonly apiUrl: string;
}

type Identify = (context: IdentityContext) => Identity;

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;

/** A resource that is only ever pointed at from inside the template. */
const byLogicalId: Identify = ({ logicalId }) => ({ ref: logicalId, attributes: {} });

const stageIdentity: Identify = ({ named }) => ({ ref: named('StageName') ?? '$default', attributes: {} });

export const IDENTITIES: Readonly<Record<ReadType, Identify>> = {
  'AWS::ApiGateway::Method': byLogicalId,
  'AWS::ApiGateway::Resource': ({ logicalId }) => ({ ref: logicalId, attributes: { ResourceId: logicalId } }),
  'AWS::ApiGateway::RestApi': ({ stackName, logicalId }) => {
    const ref = apiIdOf(stackName, logicalId);
    return { ref, attributes: { RestApiId: ref, RootResourceId: rootResourceOf(ref) } };
  },
  'AWS::ApiGateway::Stage': stageIdentity,
  'AWS::ApiGatewayV2::Api': ({ stackName, logicalId, apiUrl }) => {
    const ref = apiIdOf(stackName, logicalId);
    return { ref, attributes: { ApiId: ref, ApiEndpoint: apiUrl } };
  },
  'AWS::ApiGatewayV2::Integration': byLogicalId,
  'AWS::ApiGatewayV2::Route': byLogicalId,
  'AWS::ApiGatewayV2::Stage': stageIdentity,
  'AWS::DynamoDB::Table': (context) => {
    const ref = nameOf(context, 'TableName', NAME_LIMITS.table);
    const Arn = arn('dynamodb', `table/${ref}`);
    // The database makes its own label when it makes the stream; nothing but this template sees this one.
    return { ref, attributes: { Arn, StreamArn: `${Arn}/stream/local` } };
  },
  'AWS::Events::EventBus': (context) => {
    const ref = nameOf(context, 'Name', NAME_LIMITS.bus);
    return { ref, attributes: { Name: ref, Arn: arn('events', `event-bus/${ref}`) } };
  },
  'AWS::Events::Rule': (context) => {
    const ref = nameOf(context, 'Name', NAME_LIMITS.rule);
    return { ref, attributes: { Arn: arn('events', `rule/${ref}`) } };
  },
  'AWS::KMS::Key': ({ stackName, logicalId }) => {
    const ref = keyIdOf(stackName, logicalId);
    return { ref, attributes: { KeyId: ref, Arn: arn('kms', `key/${ref}`) } };
  },
  'AWS::Lambda::EventInvokeConfig': byLogicalId,
  'AWS::Lambda::EventSourceMapping': byLogicalId,
  'AWS::Lambda::Function': (context) => {
    const ref = nameOf(context, 'FunctionName', NAME_LIMITS.function);
    return { ref, attributes: { Arn: arn('lambda', `function:${ref}`) } };
  },
  'AWS::S3::Bucket': (context) => {
    const ref = context.named('BucketName') ?? nameOf(context, '', NAME_LIMITS.bucket).toLowerCase();
    return { ref, attributes: { Arn: `arn:aws:s3:::${ref}` } };
  },
  'AWS::SQS::Queue': (context) => {
    const QueueName = nameOf(context, 'QueueName', NAME_LIMITS.queue);
    const QueueUrl = `${context.sqsEndpoint}/${LOCAL_ACCOUNT}/${QueueName}`;
    return { ref: QueueUrl, attributes: { QueueName, QueueUrl, Arn: arn('sqs', QueueName) } };
  },
  'AWS::Scheduler::Schedule': (context) => {
    const ref = nameOf(context, 'Name', NAME_LIMITS.rule);
    return { ref, attributes: { Arn: arn('scheduler', `schedule/default/${ref}`) } };
  },
  'AWS::Scheduler::ScheduleGroup': (context) => ({
    ref: nameOf(context, 'Name', NAME_LIMITS.rule),
    attributes: {},
  }),
  'AWS::StepFunctions::StateMachine': (context) => {
    const Name = nameOf(context, 'StateMachineName', NAME_LIMITS.stateMachine);
    const Arn = arn('states', `stateMachine:${Name}`);
    return { ref: Arn, attributes: { Arn, Name } };
  },
};

/** The resource that the first path segments of a REST API hang on. */
export function rootResourceOf(apiId: string): string {
  return `${apiId}/`;
}

function nameOf(context: IdentityContext, property: string, maxLength: number): string {
  return context.named(property) ?? physicalName(context.stackName, context.logicalId, maxLength);
}
