import { beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../functions/functions.ts';
import { stageSettings } from '../stages.ts';
import { addStack, newApp } from '../synthesise.ts';
import {
  placeholderBundles,
  asList,
  functionName,
  readable,
  resourcesOf,
  type Template,
  templateOf,
  temporaryDirectory,
} from '../template.fixture.ts';

const SECRETS = 'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:rgs/prod/operator/*';

const PLAY = [
  'dynamodb:GetItem on items session#* of TablesSessions.Arn',
  'dynamodb:GetItem on TablesLedger.Arn',
  'dynamodb:PutItem on TablesLedger.Arn',
  'dynamodb:Query on TablesLedger.Arn',
  'dynamodb:UpdateItem on TablesLedger.Arn',
  'dynamodb:GetItem on TablesConfig.Arn',
  'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
  'dynamodb:PutItem on items data-key#* of TablesConfig.Arn',
  's3:GetObject on BucketsEngines.Arn/*',
  `secretsmanager:GetSecretValue on ${SECRETS}`,
  'kms:Decrypt of data keys on DataKey.Arn',
  'kms:GenerateDataKey of data keys on DataKey.Arn',
  'sqs:SendMessage on QueuesRecovery.Arn',
];

/**
 * The permissions are written a second time here. So an edit of an entry that widens them is noticed.
 * A function that is not listed may do nothing but write its own log, and keep what it failed on.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'launch-session': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'dynamodb:PutItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
    'kms:GenerateDataKey of data keys on DataKey.Arn',

    'dynamodb:PutItem on items session#* of TablesSessions.Arn',
    'dynamodb:Query on TablesLedger.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
    's3:GetObject on BucketsEngines.Arn/*',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
  ],
  'verify-session': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
    'dynamodb:GetItem on items session#* of TablesSessions.Arn',
    'dynamodb:Query on TablesLedger.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
  ],
  'revoke-session': [
    'dynamodb:GetItem on items session#* of TablesSessions.Arn',
    'dynamodb:PutItem on items session#* of TablesSessions.Arn',
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
  ],
  'play-spin': PLAY,
  'play-bonus': PLAY,
  'end-bonus': PLAY.filter((allowed) => !allowed.endsWith('TablesSessions.Arn')),
  'get-round': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',

    'dynamodb:GetItem on TablesLedger.Arn',
    'dynamodb:Query on TablesLedger.Arn',
    'dynamodb:GetItem on items session#* of TablesSessions.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
  ],
  'list-rounds': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',

    'dynamodb:GetItem on items session#* of TablesSessions.Arn',
    'dynamodb:Query on TablesLedger.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
  ],
  'reconcile-rounds': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',

    'dynamodb:GetItem on TablesConfig.Arn',
    's3:ListBucket on BucketsArchive.Arn',
    's3:GetObject on BucketsArchive.Arn/*',
    'dynamodb:GetItem on TablesLedger.Arn',
    'dynamodb:Query on TablesLedger.Arn',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
  ],
  'list-games': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
    'dynamodb:Query on TablesConfig.Arn',
  ],
  'check-health': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',

    'dynamodb:GetItem on TablesLedger.Arn',
    'dynamodb:GetItem on items session#* of TablesSessions.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
    'dynamodb:Query on TablesConfig.Arn',
    's3:GetObject on BucketsEngines.Arn/*',
    'sqs:GetQueueAttributes on QueuesRecovery.Arn',
    'kms:DescribeKey on DataKey.Arn',
  ],
  'serve-openapi': [],
  'process-ledger-stream': [
    's3:PutObject on BucketsArchive.Arn/*',
    'events:PutEvents on Bus.Arn',
    'sqs:SendMessage on QueuesRecovery.Arn',
    'sqs:SendMessage on QueuesParking.Arn',
    'dynamodb:PutItem on TablesLedger.Arn',
    'dynamodb:UpdateItem on TablesLedger.Arn',
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'dynamodb:PutItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
    'kms:GenerateDataKey of data keys on DataKey.Arn',
    'dynamodb:DescribeStream on TablesLedger.StreamArn',
    'dynamodb:GetRecords on TablesLedger.StreamArn',
    'dynamodb:GetShardIterator on TablesLedger.StreamArn',
    'dynamodb:ListStreams on TablesLedger.StreamArn',
    'sqs:SendMessage on QueuesStreamDeadLetters.Arn',
  ],
  'watch-signed-items': [
    'sqs:SendMessage on QueuesParking.Arn',
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',
    'dynamodb:DescribeStream on TablesConfig.StreamArn',
    'dynamodb:GetRecords on TablesConfig.StreamArn',
    'dynamodb:GetShardIterator on TablesConfig.StreamArn',
    'dynamodb:ListStreams on TablesConfig.StreamArn',
    'dynamodb:DescribeStream on TablesSessions.StreamArn',
    'dynamodb:GetRecords on TablesSessions.StreamArn',
    'dynamodb:GetShardIterator on TablesSessions.StreamArn',
    'dynamodb:ListStreams on TablesSessions.StreamArn',
    'sqs:SendMessage on QueuesStreamDeadLetters.Arn',
  ],
  'recover-round': [
    'dynamodb:GetItem on items data-key#* of TablesConfig.Arn',
    'kms:Decrypt of data keys on DataKey.Arn',

    'dynamodb:GetItem on TablesLedger.Arn',
    'dynamodb:UpdateItem on TablesLedger.Arn',
    'dynamodb:GetItem on TablesConfig.Arn',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
    'sqs:SendMessage on QueuesRecovery.Arn',
    'sqs:ReceiveMessage on QueuesRecovery.Arn',
    'sqs:DeleteMessage on QueuesRecovery.Arn',
    'sqs:GetQueueAttributes on QueuesRecovery.Arn',
  ],
  'sweep-rounds': [
    'dynamodb:Scan on TablesLedger.Arn',
    'sqs:SendMessage on QueuesRecovery.Arn',
    'sqs:SendMessage on QueuesDailyDeadLetters.Arn',
  ],
  'record-event': ['dynamodb:PutItem on TablesEvents.Arn', 'sqs:SendMessage on QueuesEventDeadLetters.Arn'],
  'simulate-shard': ['s3:GetObject on BucketsEngines.Arn/*', 's3:PutObject on BucketsSimulations.Arn/*'],
  'merge-simulation': [
    's3:GetObject on BucketsEngines.Arn/*',
    's3:ListBucket on BucketsSimulations.Arn',
    's3:GetObject on BucketsSimulations.Arn/*',
    's3:PutObject on BucketsSimulations.Arn/*',
  ],
};

/** EventBridge invokes these functions and does not wait, so Lambda keeps what failed. */
const KEPT: Readonly<Partial<Record<string, readonly string[]>>> = {
  daily: ['sqs:SendMessage on QueuesDailyDeadLetters.Arn'],
  'domain-events': ['sqs:SendMessage on QueuesEventDeadLetters.Arn'],
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let template: Template;
beforeAll(() => {
  template = templateOf('prod');
}, 60_000);

function roleOf(name: string): { policies: Statement[]; managed: unknown[]; logGroup: string } {
  const [, lambda] = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([id]) => functionName(template, { Ref: id }) === name,
  ) as [string, { Properties: { Role: { 'Fn::GetAtt': [string] }; LoggingConfig: { LogGroup: unknown } } }];
  const role = template.resources[lambda.Properties.Role['Fn::GetAtt'][0]]?.Properties;
  return {
    policies: role.Policies.flatMap(
      (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
    ),
    managed: role.ManagedPolicyArns ?? [],
    logGroup: readable(lambda.Properties.LoggingConfig.LogGroup),
  };
}

/** The condition of a statement narrows it to this, to the letter. */
const CONDITIONS: Readonly<Record<string, string>> = {
  '{}': 'on ',
  [JSON.stringify(itemsOf('session#*'))]: 'on items session#* of ',
  [JSON.stringify(itemsOf('data-key#*'))]: 'on items data-key#* of ',
  [JSON.stringify({
    StringEquals: { 'kms:EncryptionContext:purpose': 'rgs-data-key' },
    'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['purpose', 'keyId'] },
    Null: { 'kms:EncryptionContext:keyId': 'false' },
  })]: 'of data keys on ',
};

function itemsOf(partitionKey: string) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitionKey] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}

/** Every allowed pair of action and resource, on one line each. */
const lines = (statements: readonly Statement[]) =>
  statements.flatMap(({ Action, Resource, Condition = {} }) =>
    asList(Action).flatMap((action) =>
      asList(Resource).map(
        (one) =>
          `${action} ${CONDITIONS[JSON.stringify(Condition)] ?? 'under an unknown condition on '}${readable(one)}`,
      ),
    ),
  );

test('the list of what is allowed names functions that are there', () => {
  const names = FUNCTIONS.map(({ name }) => name);
  expect(Object.keys(ALLOWED).filter((name) => !names.includes(name))).toEqual([]);
});

describe.each(FUNCTIONS)('$name', ({ name, trigger }) => {
  test('may do exactly what is listed, and write its own log', () => {
    const { policies, managed, logGroup } = roleOf(name);
    const log = [`logs:CreateLogStream on ${logGroup}.Arn`, `logs:PutLogEvents on ${logGroup}.Arn`];
    const allowed = ALLOWED[name] ?? KEPT[trigger.kind] ?? [];
    expect(lines(policies).sort()).toEqual([...allowed, ...log].sort());
    expect(policies.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    expect(managed).toEqual([]);
  });
});

test('no role gets permissions from anywhere but its own inline policy', () => {
  expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual([]);
  expect(resourcesOf(template, 'AWS::IAM::ManagedPolicy')).toEqual([]);
  // Each function has one, and so has the state machine of simulations.
  expect(resourcesOf(template, 'AWS::IAM::Role')).toHaveLength(FUNCTIONS.length + 1);
});

test('wildcards stand only for engines, archive files, simulations and the secrets of operators of this stage', () => {
  const statements = FUNCTIONS.flatMap(({ name }) => roleOf(name).policies);
  const wild = lines(statements).filter((line) => /\*(?! of )/.test(line));
  expect([...new Set(wild)].sort()).toEqual([
    's3:GetObject on BucketsArchive.Arn/*',
    's3:GetObject on BucketsEngines.Arn/*',
    's3:GetObject on BucketsSimulations.Arn/*',
    's3:PutObject on BucketsArchive.Arn/*',
    's3:PutObject on BucketsSimulations.Arn/*',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
  ]);
});

test('nobody may delete an item, an object, a queue or a key', () => {
  const actions = FUNCTIONS.flatMap(({ name }) => lines(roleOf(name).policies));
  expect(actions.filter((line) => /delete/i.test(line))).toEqual(['sqs:DeleteMessage on QueuesRecovery.Arn']);
});

test('the state machine of simulations may do exactly what its runs need', () => {
  const roles = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('Simulations'));
  const [[, role]] = roles as [(typeof roles)[number]];
  const { Policies, ManagedPolicyArns, AssumeRolePolicyDocument } = role.Properties;
  expect(roles).toHaveLength(1);
  expect(ManagedPolicyArns).toBeUndefined();
  expect(AssumeRolePolicyDocument.Statement).toEqual([
    { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' } },
  ]);
  const statements = Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );
  const executions = 'arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution:rgs-prod-simulations';
  expect(lines(statements).sort()).toEqual([
    'lambda:InvokeFunction on mergesimulationFunction.Arn',
    'lambda:InvokeFunction on simulateshardFunction.Arn',
    's3:GetObject on BucketsSimulations.Arn/simulations/*/shards.json',
    `states:DescribeExecution on ${executions}/*`,
    `states:DescribeExecution on ${executions}:*`,
    'states:StartExecution on arn:AWS::Partition:states:AWS::Region:AWS::AccountId:stateMachine:rgs-prod-simulations',
    `states:StopExecution on ${executions}/*`,
    `states:StopExecution on ${executions}:*`,
  ]);
});

describe('the environment', () => {
  const COMMON = ['LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME', 'STAGE'];
  const VARIABLES: Readonly<Record<string, readonly string[]>> = {
    'launch-session': [
      'CONFIG_TABLE',
      'DATA_KEY_ARN',
      'ENGINES_BUCKET',
      'GRPC_TIMEOUT_MS',
      'LEDGER_TABLE',
      'SESSIONS_TABLE',
      'SESSION_TTL_SECONDS',
      'WALLET_TIMEOUT_MS',
    ],
    'play-spin': [
      'CONFIG_TABLE',
      'DATA_KEY_ARN',
      'ENGINES_BUCKET',
      'GRPC_TIMEOUT_MS',
      'LEDGER_TABLE',
      'RECOVERY_QUEUE_URL',
      'ROUND_LEASE_MS',
      'SESSIONS_TABLE',
      'SESSION_IDLE_SECONDS',
      'WALLET_TIMEOUT_MS',
    ],
    'process-ledger-stream': [
      'ARCHIVE_BUCKET',
      'CONFIG_TABLE',
      'DATA_KEY_ARN',
      'EVENT_BUS_NAME',
      'HOT_RETENTION_DAYS',
      'LEDGER_TABLE',
      'PARKING_QUEUE_URL',
      'RECOVERY_QUEUE_URL',
      'ROUND_LEASE_MS',
    ],
    'watch-signed-items': ['CONFIG_TABLE', 'DATA_KEY_ARN', 'PARKING_QUEUE_URL'],
    'reconcile-rounds': [
      'ARCHIVE_BUCKET',
      'CONFIG_TABLE',
      'DATA_KEY_ARN',
      'HOT_RETENTION_DAYS',
      'LEDGER_TABLE',
      'WALLET_TIMEOUT_MS',
    ],
    'record-event': ['EVENTS_TABLE'],
    'simulate-shard': ['ENGINES_BUCKET', 'SIMULATIONS_BUCKET'],
    'merge-simulation': ['ENGINES_BUCKET', 'SIMULATIONS_BUCKET'],
    'serve-openapi': [],
  };

  const environmentOf = (name: string): Record<string, unknown> =>
    resourcesOf(template, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties.Environment.Variables)
      .find((variables) => variables.POWERTOOLS_SERVICE_NAME === name);

  test.each(Object.entries(VARIABLES))('of %s names what it uses and nothing else', (name, variables) => {
    expect(Object.keys(environmentOf(name)).sort()).toEqual([...COMMON, ...variables].sort());
  });

  test('says which stage and which function it is', () => {
    expect(environmentOf('play-spin')).toMatchObject({
      STAGE: 'prod',
      POWERTOOLS_SERVICE_NAME: 'play-spin',
      POWERTOOLS_METRICS_NAMESPACE: 'serverless-rgs/prod',
      ROUND_LEASE_MS: '30000',
    });
  });

  test('names the random source where the stage has one', () => {
    const app = newApp(temporaryDirectory());
    const settings = { ...stageSettings('prod'), randomUrl: 'https://random.example:50051' };
    addStack(app, settings, { bundlesDirectory: placeholderBundles() });
    const { Resources } = app.synth().getStackByName('rgs-prod').template as {
      Resources: Record<string, { Properties?: { Environment?: { Variables: Record<string, string> } } }>;
    };
    const named = Object.values(Resources)
      .map(({ Properties }) => Properties?.Environment?.Variables ?? {})
      .filter(({ RANDOM_URL }) => RANDOM_URL === 'https://random.example:50051');
    const names = named.map((variables) => variables['POWERTOOLS_SERVICE_NAME']);
    expect(new Set(names)).toEqual(new Set(['end-bonus', 'play-bonus', 'play-spin']));
  });

  test('holds no secret', () => {
    const values = FUNCTIONS.flatMap(({ name }) => Object.keys(environmentOf(name)));
    expect(values.filter((name) => /secret|password|token/i.test(name))).toEqual([]);
  });
});
