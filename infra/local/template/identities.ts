import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, localArn } from '../services/endpoints.ts';

/** `Ref` and `Fn::GetAtt` make this of a resource. */
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

/** Gives a resource that only the template itself points at its logical id. */
const byLogicalId: Identify = ({ logicalId }) => ({ ref: logicalId, attributes: {} });

/** The local run reads these types. A type that stands neither here nor in `IGNORED` is refused. */
export const IDENTITIES = {
  'AWS::ApiGatewayV2::Api': ({ logicalId, apiUrl }) => ({
    ref: logicalId,
    attributes: { ApiId: logicalId, ApiEndpoint: apiUrl },
  }),
  'AWS::ApiGatewayV2::Integration': byLogicalId,
  'AWS::ApiGatewayV2::Route': byLogicalId,
  'AWS::ApiGatewayV2::Stage': byLogicalId,
  'AWS::DynamoDB::Table': (context) => {
    const ref = nameOf(context, 'TableName', 255);
    const Arn = localArn('dynamodb', `table/${ref}`);
    // The database makes its own label when it makes the stream; nothing but this template sees this one.
    return { ref, attributes: { Arn, StreamArn: `${Arn}/stream/local` } };
  },
  'AWS::Events::EventBus': (context) => {
    const ref = nameOf(context, 'Name', 256);
    return { ref, attributes: { Name: ref, Arn: localArn('events', `event-bus/${ref}`) } };
  },
  'AWS::Events::Rule': (context) => {
    const ref = nameOf(context, 'Name', 64);
    return { ref, attributes: { Arn: localArn('events', `rule/${ref}`) } };
  },
  'AWS::KMS::Key': ({ stackName, logicalId }) => {
    const ref = keyIdOf(stackName, logicalId);
    return { ref, attributes: { KeyId: ref, Arn: localArn('kms', `key/${ref}`) } };
  },
  'AWS::Lambda::EventSourceMapping': byLogicalId,
  'AWS::Lambda::Function': (context) => {
    const ref = nameOf(context, 'FunctionName', 64);
    return { ref, attributes: { Arn: localArn('lambda', `function:${ref}`) } };
  },
  'AWS::S3::Bucket': (context) => {
    const ref = context.named('BucketName') ?? nameOf(context, '', 63).toLowerCase();
    return { ref, attributes: { Arn: `arn:aws:s3:::${ref}` } };
  },
  'AWS::SQS::Queue': (context) => {
    const QueueName = nameOf(context, 'QueueName', 80);
    const QueueUrl = `${context.sqsEndpoint}/${LOCAL_ACCOUNT}/${QueueName}`;
    return { ref: QueueUrl, attributes: { QueueName, QueueUrl, Arn: localArn('sqs', QueueName) } };
  },
  'AWS::StepFunctions::StateMachine': (context) => {
    const Name = nameOf(context, 'StateMachineName', 80);
    const Arn = localArn('states', `stateMachine:${Name}`);
    return { ref: Arn, attributes: { Arn, Name } };
  },
} satisfies Readonly<Record<string, Identify>>;

export type ReadType = keyof typeof IDENTITIES;

/** Types without a meaning on one machine: who may do what, and what is watched. */
const IGNORED: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

export function isRead(type: string): type is ReadType {
  return Object.hasOwn(IDENTITIES, type);
}

export function isIgnored(type: string): boolean {
  return IGNORED.has(type);
}

/** `maxLength` is the longest name that the service takes. */
function nameOf(context: IdentityContext, property: string, maxLength: number): string {
  return context.named(property) ?? physicalName(context.stackName, context.logicalId, maxLength);
}

const SUFFIX_CHARACTERS = 12;

/**
 * Makes a name like the ones CloudFormation makes, but always the same for a resource of a stack, so that a restart
 * finds its data.
 */
function physicalName(stackName: string, logicalId: string, maxLength: number): string {
  const suffix = digest(stackName, logicalId).slice(0, SUFFIX_CHARACTERS).toUpperCase();
  const room = maxLength - SUFFIX_CHARACTERS - 1;
  return `${`${stackName}-${logicalId}`.slice(0, room)}-${suffix}`;
}

/** Makes a key id in the form of KMS's. */
function keyIdOf(stackName: string, logicalId: string): string {
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digest(stackName, logicalId)) ?? [];
  return parts.slice(1).join('-');
}

function digest(stackName: string, logicalId: string): string {
  return createHash('sha256').update(`${stackName}\n${logicalId}`).digest('hex');
}
