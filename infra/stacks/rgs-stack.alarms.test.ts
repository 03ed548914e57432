import { beforeAll, describe, expect, test } from 'vitest';
import {
  functionName,
  readable,
  resource,
  resourcesOf,
  type Template,
  templateOf,
} from '../template.fixture.ts';
import { FUNCTIONS } from '../../functions/functions.ts';

let template: Template;
beforeAll(() => {
  template = templateOf('prod', 'http');
}, 60_000);

interface Watched {
  readonly metric: string;
  readonly of: string;
  readonly Threshold: number;
}

/** What each alarm watches, with the resource that its only dimension names. */
function watched(): Watched[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => {
    const dimension = Properties.Dimensions[0];
    const of =
      dimension.Name === 'FunctionName' ? functionName(template, dimension.Value) : readable(dimension.Value);
    return {
      metric: `${Properties.Namespace}/${Properties.MetricName}`,
      of,
      Threshold: Properties.Threshold,
    };
  });
}

const named = (metric: string) => watched().filter((alarm) => alarm.metric === metric);

/** The functions that may write rounds and sign calls of wallets. */
const moneyMovers = FUNCTIONS.filter(
  ({ permissions: { ledger, operatorSecrets } }) =>
    operatorSecrets && ledger?.includes('dynamodb:UpdateItem'),
).map(({ name }) => name);

/** The functions that check the MACs of rounds or sessions and report a wrong one. The stream's consumer parks it. */
const recordReaders = FUNCTIONS.filter(
  ({ trigger: { kind }, permissions: { ledger, sessions, dataKey, dataKeyMetadata } }) =>
    (ledger ?? sessions) && dataKey && !dataKeyMetadata && kind !== 'ledger-stream',
).map(({ name }) => name);

test('every queue where work waits for a person has an alarm at its first message', () => {
  const deadLetters = resourcesOf(template, 'AWS::SQS::Queue')
    .map(([id]) => readable({ Ref: id }))
    .filter((name) => name !== 'QueuesRecovery');
  const alarms = named('AWS/SQS/ApproximateNumberOfMessagesVisible');
  expect(alarms.map(({ of }) => of).sort()).toEqual(deadLetters.map((name) => `${name}.QueueName`).sort());
  expect(new Set(alarms.map(({ Threshold }) => Threshold))).toEqual(new Set([1]));
});

test('an alarm rings when a stream or the recovery queue falls behind', () => {
  expect(named('AWS/Lambda/IteratorAge')).toEqual([
    { metric: 'AWS/Lambda/IteratorAge', of: 'process-ledger-stream', Threshold: 300_000 },
    { metric: 'AWS/Lambda/IteratorAge', of: 'watch-signed-items', Threshold: 300_000 },
  ]);
  expect(named('AWS/SQS/ApproximateAgeOfOldestMessage')).toEqual([
    { metric: 'AWS/SQS/ApproximateAgeOfOldestMessage', of: 'QueuesRecovery.QueueName', Threshold: 3_600 },
  ]);
});

test('an alarm rings when a background function keeps failing, or one that moves money is throttled', () => {
  expect(named('AWS/Lambda/Errors').map(({ of }) => of)).toEqual([
    'process-ledger-stream',
    'watch-signed-items',
    'recover-round',
  ]);
  expect(moneyMovers).toEqual(['play-spin', 'play-bonus', 'end-bonus', 'recover-round']);
  expect(named('AWS/Lambda/Throttles').map(({ of }) => of)).toEqual([
    ...moneyMovers,
    'process-ledger-stream',
    'watch-signed-items',
  ]);
});

describe('a signal of the product wakes somebody', () => {
  test.each([
    ['CreditPendingLong', ['recover-round']],
    ['RollbackPendingLong', ['recover-round']],
    ['WalletTransactionMismatch', moneyMovers],
    ['RecordParked', ['process-ledger-stream', 'watch-signed-items']],
    ['RecordCorrupt', recordReaders],
    ['RecoveryFailed', ['recover-round'], 8],
  ])('%s', (signal, services, EvaluationPeriods = 1) => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .filter(({ Namespace, MetricName }) => Namespace === 'serverless-rgs/prod' && MetricName === signal);
    const names = alarms.map(({ Dimensions: [{ Name, Value }] }) => `${Name} ${Value}`);
    expect(names.sort()).toEqual(services.map((service) => `service ${service}`).sort());
    for (const alarm of alarms)
      expect(alarm).toMatchObject({ Statistic: 'Sum', Threshold: 1, EvaluationPeriods });
  });
});

test.each(['RecordParked', 'RecordCorrupt'])(
  'one minute with a changed record rings, because somebody may be forging at that moment: %s',
  (signal) => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .filter(({ MetricName }) => MetricName === signal);
    expect(alarms.length).toBeGreaterThan(0);
    for (const alarm of alarms)
      expect(alarm).toMatchObject({ Period: 60, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  },
);

describe('the alarm on recovery that fails', () => {
  /** Lists whether it rings in each of its periods from minute 0 to the last minute at which recovery fails. */
  function ringing(minutes: readonly number[]): boolean[] {
    const { Period, EvaluationPeriods, DatapointsToAlarm } = resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .find(({ MetricName }) => MetricName === 'RecoveryFailed') as Record<string, number>;
    const failing = new Set(minutes.map((minute) => Math.floor((minute * 60) / Number(Period))));
    return Array.from({ length: Math.max(...failing) + 1 }, (_, period) => {
      const within = [...failing].filter((one) => one <= period && one > period - Number(EvaluationPeriods));
      return within.length >= Number(DatapointsToAlarm);
    });
  }

  test.each([15, 16, 18, 20])(
    'rings from the second failure of one round that fails every %i minutes, and does not stop',
    (spacing) => {
      for (let first = 0; first < 5; first += 1) {
        const minutes = Array.from({ length: 40 }, (_, index) => first + index * spacing);
        const second = Math.floor((first + spacing) / 5);
        const rings = ringing(minutes);
        expect(rings.slice(0, second)).not.toContain(true);
        expect(rings.slice(second)).not.toContain(false);
      }
    },
  );

  test('is silent at a single failure, and at failures an hour apart', () => {
    for (const minutes of [[3], [1, 2, 4], [0, 60, 120]]) expect(ringing(minutes)).not.toContain(true);
  });
});

test('an alarm rings when callers get server errors, and when the ledger refuses writes', () => {
  expect(named('AWS/ApiGateway/5xx')).toHaveLength(1);
  expect(named('AWS/DynamoDB/WriteThrottleEvents')).toEqual([
    { metric: 'AWS/DynamoDB/WriteThrottleEvents', of: 'TablesLedger', Threshold: 1 },
  ]);
});

test('every alarm tells the topic when it begins and when it is over, and says what it means', () => {
  for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
    expect([...Properties.AlarmActions, ...Properties.OKActions].map(readable)).toEqual([
      'AlarmsTopic',
      'AlarmsTopic',
    ]);
    expect(Properties.AlarmDescription.length).toBeGreaterThan(10);
    expect(Properties.TreatMissingData).toBe('notBreaching');
  }
});

test("the topic takes messages of CloudWatch about this account's alarms, and from nobody else", () => {
  const { PolicyDocument } = resource(template, 'AWS::SNS::TopicPolicy', 'AlarmsTopicPolicy').Properties;
  const allowed = PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
  expect(allowed).toEqual([
    expect.objectContaining({
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  ]);
});

test('the topic takes nothing over plain HTTP', () => {
  const { PolicyDocument } = resource(template, 'AWS::SNS::TopicPolicy', 'AlarmsTopicPolicy').Properties;
  expect(PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  );
});
