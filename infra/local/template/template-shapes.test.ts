import { describe, expect, it } from 'vitest';
import { FUNCTION, QUEUE, read, refusal, type Resources } from './small-stack.fixture.ts';

const rule = (properties: Record<string, unknown>) => ({ Type: 'AWS::Events::Rule', Properties: properties });
const target = (more: Record<string, unknown> = {}) => ({
  Arn: { 'Fn::GetAtt': ['Work', 'Arn'] },
  Id: 'Target0',
  ...more,
});

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};
const INDEX = {
  IndexName: 'i',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};
const mapping = (source: unknown, more: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: source, FunctionName: { Ref: 'Work' }, ...more },
});
const stream = (more: object) =>
  mapping({ 'Fn::GetAtt': ['Table', 'StreamArn'] }, { StartingPosition: 'TRIM_HORIZON', ...more });
const fromQueue = (more: object) => mapping({ 'Fn::GetAtt': ['Queue', 'Arn'] }, more);

/** Each case: what the template says, the property that a refusal has to name, and what is set. */
const cases = (list: readonly [string, string, object][]) => list;

describe('reading a template', () => {
  it("gives a function Lambda's defaults where the template is silent", () => {
    const [work] = read({ Work: FUNCTION }).model.functions;
    expect(work).toMatchObject({
      codeDirectory: '/code',
      timeoutMs: 3_000,
      memoryMb: 128,
      environment: {},
    });
  });

  it('finds the dead-letter queue of what EventBridge hands a function at the function, not at the rule', () => {
    const { rules, schedules } = read({
      Work: {
        ...FUNCTION,
        Properties: {
          ...FUNCTION.Properties,
          DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
        },
      },
      Dead: QUEUE,
      Other: QUEUE,
      Events: rule({
        EventPattern: { source: ['x'] },
        Targets: [target({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Other', 'Arn'] } } })],
      }),
      Daily: rule({ ScheduleExpression: 'cron(0 4 * * ? *)', Targets: [target()] }),
    }).model;
    const found = { deadLetterQueueUrl: expect.stringContaining('/rgs-test-Dead-') };
    expect(rules).toMatchObject([{ busName: 'default', targets: [found] }]);
    expect(schedules).toMatchObject([{ expression: 'cron(0 4 * * ? *)', target: found }]);
  });

  it('reads the limits of a stream mapping where it has them', () => {
    const { streamMappings } = read({
      Work: FUNCTION,
      Table: TABLE,
      Endless: stream({}),
      Limited: stream({ MaximumRetryAttempts: 0, MaximumRecordAgeInSeconds: 60 }),
    }).model;
    expect(streamMappings).toMatchObject([
      { maxRetries: undefined, maxRecordAgeMs: undefined, batchSize: 100 },
      { maxRetries: 0, maxRecordAgeMs: 60_000 },
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

  it('refuses a value that is a parameter, whose value only a deployment knows', () => {
    const Parameters = { Prefix: { Type: 'String', Default: 'rgs' } };
    expect(refusal({}, { Parameters, Outputs: { Value: { Value: { Ref: 'Prefix' } } } })).toMatch(
      /^UNKNOWN_REFERENCE Value: .*Prefix/,
    );
  });

  it.each<[string, string, Resources]>([
    [
      'a type it does not know',
      'UNKNOWN_TYPE Stream: .*AWS::Kinesis::Stream',
      { Stream: { Type: 'AWS::Kinesis::Stream' } },
    ],
    ['a custom resource', 'UNKNOWN_TYPE Deploy: .*', { Deploy: { Type: 'Custom::CDKBucketDeployment' } }],
    ...[
      'AWS::ApiGateway::RestApi',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Scheduler::Schedule',
      'Custom::S3AutoDeleteObjects',
    ].map((Type): [string, string, Resources] => [
      `${Type}, which no stack here has`,
      `UNKNOWN_TYPE Other: .*${Type}`,
      { Other: { Type } },
    ]),
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
      'reserved concurrency',
      'UNSUPPORTED_PROPERTY Work: .*ReservedConcurrentExecutions',
      { Work: { ...FUNCTION, Properties: { ...FUNCTION.Properties, ReservedConcurrentExecutions: 1 } } },
    ],
    ...cases([
      ['a stream from its newest record', 'StartingPosition', { StartingPosition: 'LATEST' }],
      ['two batches of a shard at once', 'ParallelizationFactor', { ParallelizationFactor: 2 }],
      ['a window over a stream', 'TumblingWindowInSeconds', { TumblingWindowInSeconds: 30 }],
    ]).map(([what, name, property]): [string, string, Resources] => [
      what,
      `UNSUPPORTED_PROPERTY Mapping: .*${name}`,
      { Work: FUNCTION, Table: TABLE, Mapping: stream(property) },
    ]),
    ...cases([
      ['a batch that one request to SQS cannot bring', 'BatchSize', { BatchSize: 11 }],
      ['a batch window of a queue', 'MaximumBatchingWindowInSeconds', { MaximumBatchingWindowInSeconds: 5 }],
      ['a mapping that is switched off', 'Enabled', { Enabled: false }],
    ]).map(([what, name, property]): [string, string, Resources] => [
      what,
      `UNSUPPORTED_PROPERTY Mapping: .*${name}`,
      { Work: FUNCTION, Queue: QUEUE, Mapping: fromQueue(property) },
    ]),
    ...cases([
      ['an index with more than keys', 'Projection', { Projection: { ProjectionType: 'ALL' } }],
      ['an index of a capacity of its own', 'ProvisionedThroughput', { ProvisionedThroughput: {} }],
    ]).map(([what, name, property]): [string, string, Resources] => [
      what,
      `UNSUPPORTED_PROPERTY Table: .*${name}`,
      {
        Table: {
          ...TABLE,
          Properties: {
            ...TABLE.Properties,
            GlobalSecondaryIndexes: [{ ...INDEX, ...property }],
          },
        },
      },
    ]),
    ...['FifoQueue', 'DelaySeconds', 'KmsMasterKeyId', 'RedriveAllowPolicy'].map(
      (name): [string, string, Resources] => [
        `a queue with ${name}`,
        `UNSUPPORTED_PROPERTY Queue: .*${name}`,
        { Queue: { ...QUEUE, Properties: { [name]: 'x' } } },
      ],
    ),
    [
      'an asymmetric key',
      'UNSUPPORTED_PROPERTY Key: .*KeySpec',
      { Key: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'RSA_2048' } } },
    ],
    ...['ANY /files', 'GET /files/{proxy+}', '$default', 'GET files'].map(
      (key): [string, string, Resources] => [
        `the route "${key}"`,
        'UNSUPPORTED_PROPERTY Route: .*RouteKey',
        {
          Route: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: { ApiId: 'a', RouteKey: key, Target: 'integrations/i' },
          },
        },
      ],
    ),
    [
      'cross-origin requests, which it does not answer',
      'UNSUPPORTED_PROPERTY Api: .*CorsConfiguration',
      {
        Api: {
          Type: 'AWS::ApiGatewayV2::Api',
          Properties: { Name: 'a', ProtocolType: 'HTTP', CorsConfiguration: {} },
        },
      },
    ],
    [
      'a target that is no function',
      'UNKNOWN_REFERENCE Events: .*sqs',
      {
        Queue: QUEUE,
        Events: rule({
          EventPattern: { source: ['b'] },
          Targets: [{ Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Id: '1' }],
        }),
      },
    ],
    [
      'a rule that is switched off',
      'UNSUPPORTED_PROPERTY Events: .*State',
      {
        Work: FUNCTION,
        Events: rule({ State: 'DISABLED', EventPattern: { source: ['b'] }, Targets: [target()] }),
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

  it.each(['Transform', 'Conditions', 'Mappings'])(
    'refuses a template with %s, naming its file',
    (section) => {
      expect(refusal({}, { [section]: {} })).toMatch(
        new RegExp(`^INVALID_TEMPLATE .*stack\\.template\\.json.*${section}`),
      );
    },
  );

  it('refuses a resource that depends on a condition, naming it', () => {
    expect(refusal({ Maybe: { ...QUEUE, Condition: 'IsHere' } as typeof QUEUE })).toMatch(
      /^INVALID_TEMPLATE .*Condition.*Maybe/,
    );
  });
});
