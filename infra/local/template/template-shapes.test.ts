import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../services/testing.ts';
import { TemplateError } from './error.ts';
import { readStack } from './read-stack.ts';

type Resources = Readonly<
  Record<string, { readonly Type: string; readonly Properties?: unknown; readonly Condition?: string }>
>;

const HASH = 'a'.repeat(64);

const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: {
      S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
      S3Key: `${HASH}.zip`,
    },
    Handler: 'handler.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs24.x',
  },
};
const ROLE = { Type: 'AWS::IAM::Role', Properties: {} };
const QUEUE = { Type: 'AWS::SQS::Queue' };

function read(Resources: Resources, rest: Record<string, unknown> = {}) {
  const templatePath = join(temporaryFolder(), 'stack.template.json');
  writeFileSync(templatePath, JSON.stringify({ Resources: { Role: ROLE, ...Resources }, ...rest }));
  return readStack({
    stackName: 'rgs-test',
    templatePath,
    assetDirectories: new Map([[HASH, '/code']]),
    apiUrl: 'http://127.0.0.1:8080',
    endpoints: { sqs: 'http://127.0.0.1:4566' },
  });
}

/** The code and the message of the refusal. */
function refusal(Resources: Resources, rest: Record<string, unknown> = {}) {
  try {
    read(Resources, rest);
  } catch (error) {
    if (error instanceof TemplateError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no refusal';
}

const rule = (properties: Record<string, unknown>) => ({ Type: 'AWS::Events::Rule', Properties: properties });
const target = (more: Record<string, unknown> = {}) => ({
  Arn: { 'Fn::GetAtt': ['Work', 'Arn'] },
  Id: 'Target0',
  ...more,
});

describe('reading a template', () => {
  it("gives a function Lambda's defaults where the template is silent", () => {
    const [work] = read({ Work: FUNCTION }).model.functions;
    expect(work).toMatchObject({
      codeDirectory: '/code',
      timeoutMs: 3_000,
      memoryMb: 128,
      environment: {},
      maxConcurrency: undefined,
    });
  });

  it('retries what EventBridge hands a function as the function says, not as the rule says', () => {
    const { rules, schedules } = read({
      Work: {
        ...FUNCTION,
        Properties: {
          ...FUNCTION.Properties,
          DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
        },
      },
      Dead: QUEUE,
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Work' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 1,
          MaximumEventAgeInSeconds: 60,
        },
      },
      Events: rule({
        EventPattern: { source: ['x'] },
        Targets: [target({ RetryPolicy: { MaximumRetryAttempts: 9 } })],
      }),
      Daily: rule({ ScheduleExpression: 'rate(1 day)', Targets: [target({ Input: '{"a":1}' })] }),
    }).model;
    const retries = {
      maxRetries: 1,
      maxEventAgeMs: 60_000,
      deadLetterQueueUrl: expect.stringContaining('/rgs-test-Dead-'),
    };
    expect(rules).toMatchObject([{ busName: 'default', targets: [{ ...retries, input: undefined }] }]);
    expect(schedules).toMatchObject([
      { expression: 'rate(1 day)', target: { ...retries, input: '{"a":1}' } },
    ]);
  });

  it('reads schedules of EventBridge Scheduler', () => {
    const { schedules } = read({
      Work: FUNCTION,
      Hourly: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          FlexibleTimeWindow: { Mode: 'OFF' },
          ScheduleExpression: 'cron(0 * * * ? *)',
          ScheduleExpressionTimezone: 'Etc/UTC',
          State: 'ENABLED',
          Target: {
            Arn: { 'Fn::GetAtt': ['Work', 'Arn'] },
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
            RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          },
        },
      },
    }).model;
    expect(schedules).toMatchObject([
      { expression: 'cron(0 * * * ? *)', target: { maxRetries: 2, maxEventAgeMs: 21_600_000 } },
    ]);
  });

  it('takes -1 as no limit on the retries and the age of stream records', () => {
    const stream = (more: Record<string, unknown>) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
        FunctionName: { Ref: 'Work' },
        StartingPosition: 'LATEST',
        ...more,
      },
    });
    const { streamMappings } = read({
      Work: FUNCTION,
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
        },
      },
      Endless: stream({ MaximumRetryAttempts: -1 }),
      Limited: stream({ MaximumRetryAttempts: 0, MaximumRecordAgeInSeconds: 60 }),
    }).model;
    expect(streamMappings).toMatchObject([
      { maxRetries: undefined, maxRecordAgeMs: undefined, batchSize: 100, startsAt: 'LATEST' },
      { maxRetries: 0, maxRecordAgeMs: 60_000 },
    ]);
  });

  it('leaves out what a condition leaves out', () => {
    const { resources } = read(
      { Kept: { ...QUEUE, Condition: 'IsHere' }, Dropped: { ...QUEUE, Condition: 'IsElsewhere' } },
      {
        Conditions: {
          IsHere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
          IsElsewhere: { 'Fn::Not': [{ Condition: 'IsHere' }] },
        },
      },
    );
    expect(resources.queues.map(({ name }) => name)).toEqual([expect.stringContaining('Kept')]);
  });

  it("leaves out the functions of the CDK's own custom resources", () => {
    const { model, ignored } = read({
      Work: FUNCTION,
      Provider: FUNCTION,
      Empty: {
        Type: 'Custom::S3AutoDeleteObjects',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] }, BucketName: { Ref: 'Gone' } },
      },
    });
    expect(model.functions).toHaveLength(1);
    expect(ignored).toEqual([
      'Role (AWS::IAM::Role)',
      'Provider (AWS::Lambda::Function)',
      'Empty (Custom::S3AutoDeleteObjects)',
    ]);
  });

  it('keeps the names that a template gives, and keeps made ones within what services take', () => {
    const long = `Deeply${'Nested'.repeat(20)}`;
    const { resources } = read({
      Named: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: { 'Fn::Join': ['-', ['engines', { Ref: 'AWS::AccountId' }]] } },
      },
      [long]: { Type: 'AWS::S3::Bucket' },
      [`${long}2`]: { Type: 'AWS::S3::Bucket' },
    });
    const [named, first, second] = resources.buckets.map(({ name }) => name);
    expect(named).toBe('engines-000000000000');
    expect(first).toMatch(/^[a-z0-9-]{3,63}$/);
    expect(second).not.toBe(first);
  });

  it('uses the default of a parameter, but not of one that names an SSM parameter', () => {
    const Parameters = {
      BootstrapVersion: {
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: '/cdk-bootstrap/hnb659fds/version',
      },
      Prefix: { Type: 'String', Default: 'rgs' },
    };
    const output = (name: string) => ({ Parameters, Outputs: { Value: { Value: { Ref: name } } } });
    expect(read({}, output('Prefix')).model.outputs).toEqual({ Value: 'rgs' });
    expect(refusal({}, output('BootstrapVersion'))).toMatch(/^UNKNOWN_REFERENCE Value: .*BootstrapVersion/);
  });

  it.each<[string, string, Resources]>([
    [
      'a type it does not know',
      'UNKNOWN_TYPE Stream: .*AWS::Kinesis::Stream',
      { Stream: { Type: 'AWS::Kinesis::Stream' } },
    ],
    [
      'a custom resource it does not know',
      'UNKNOWN_TYPE Deploy: .*',
      { Deploy: { Type: 'Custom::CDKBucketDeployment' } },
    ],
    [
      'a reference to nothing',
      'UNKNOWN_REFERENCE Work: .*Missing',
      {
        Work: {
          ...FUNCTION,
          Properties: { ...FUNCTION.Properties, Environment: { Variables: { TABLE: { Ref: 'Missing' } } } },
        },
      },
    ],
    [
      'an attribute that has no value here',
      'UNKNOWN_ATTRIBUTE Work: .*Queue.KmsArn',
      {
        Queue: QUEUE,
        Work: {
          ...FUNCTION,
          Properties: {
            ...FUNCTION.Properties,
            Environment: { Variables: { A: { 'Fn::GetAtt': ['Queue', 'KmsArn'] } } },
          },
        },
      },
    ],
    [
      'a property that it does not read',
      'UNSUPPORTED_PROPERTY Work: .*Layers',
      { Work: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Layers: ['x'] } } },
    ],
    [
      'another runtime',
      'UNSUPPORTED_PROPERTY Work: .*Runtime',
      { Work: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Runtime: 'python3.13' } } },
    ],
    [
      'code that is no asset',
      'MISSING_CODE Work: .*b.zip',
      {
        Work: {
          ...FUNCTION,
          Properties: { ...FUNCTION.Properties, Code: { S3Bucket: 'a', S3Key: 'b.zip' } },
        },
      },
    ],
    [
      'an event filter on a mapping',
      'UNSUPPORTED_PROPERTY Mapping: .*FilterCriteria',
      {
        Work: FUNCTION,
        Queue: QUEUE,
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Work' },
            FilterCriteria: { Filters: [] },
          },
        },
      },
    ],
    [
      'a mapping from elsewhere',
      'UNKNOWN_REFERENCE Mapping: .*kinesis',
      {
        Work: FUNCTION,
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: 'arn:aws:kinesis:us-east-1:1:stream/x',
            FunctionName: { Ref: 'Work' },
          },
        },
      },
    ],
    [
      'a pattern that it cannot match',
      'UNSUPPORTED_PROPERTY Events: .*cidr',
      {
        Work: FUNCTION,
        Events: rule({ EventPattern: { ip: [{ cidr: '10.0.0.0/8' }] }, Targets: [target()] }),
      },
    ],
    [
      'a target that is no function',
      'UNKNOWN_REFERENCE Events: .*sqs',
      {
        Queue: QUEUE,
        Events: rule({
          EventPattern: { a: ['b'] },
          Targets: [{ Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Id: '1' }],
        }),
      },
    ],
    [
      'a rule that is switched off',
      'UNSUPPORTED_PROPERTY Events: .*State',
      {
        Work: FUNCTION,
        Events: rule({ State: 'DISABLED', EventPattern: { a: ['b'] }, Targets: [target()] }),
      },
    ],
    [
      'an integration in another payload format',
      'UNSUPPORTED_PROPERTY Integration: .*PayloadFormatVersion',
      {
        Work: FUNCTION,
        Integration: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: 'a',
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: { 'Fn::GetAtt': ['Work', 'Arn'] },
            PayloadFormatVersion: '2.0',
          },
        },
      },
    ],
  ])('refuses %s', (_, expected, resources) => {
    expect(refusal(resources)).toMatch(new RegExp(`^${expected}`));
  });

  it('refuses a file that is no template, naming it', () => {
    expect(refusal({}, { Transform: 'AWS::Serverless-2016-10-31' })).toMatch(
      /^INVALID_TEMPLATE .*stack\.template\.json.*Transform/,
    );
  });
});
