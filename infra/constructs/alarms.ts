import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AlarmSignal } from '../../shared/foundation/telemetry.ts';
import { metricsNamespace } from './action-function.ts';
import type { Queues } from './queues.ts';
import type { Tables } from './tables.ts';

const PERIOD = Duration.minutes(5);
/** Somebody may be forging rounds at this moment. */
const AT_ONCE_PERIOD = Duration.minutes(1);

interface Periods {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
}
const AT_ONCE: Periods = { evaluationPeriods: 1, datapointsToAlarm: 1 };
/** A single failure is retried. It is no reason to wake anybody. */
const TWO_OF_THREE: Periods = { evaluationPeriods: 3, datapointsToAlarm: 2 };
/**
 * The slow attempts at a round come every quarter of an hour, or later where the queue is busy. At least two of them lie
 * within 40 minutes, so one round that keeps failing rings, and rings until it is mended.
 */
const TWO_OF_EIGHT: Periods = { evaluationPeriods: 8, datapointsToAlarm: 2 };

/** These functions debit, credit or roll back. */
const MONEY = ['play-spin', 'play-bonus', 'end-bonus', 'recover-round'] as const;
/** These functions read stored rounds and sessions for somebody else. They never answer with one that was changed. */
const READING = [
  'launch-session',
  'verify-session',
  'revoke-session',
  'get-round',
  'list-rounds',
  'reconcile-rounds',
] as const;

/** The functions that report each signal. */
const SIGNALS: Readonly<
  Record<
    AlarmSignal,
    {
      readonly meaning: string;
      readonly services: readonly string[];
      readonly periods?: Periods;
      readonly period?: Duration;
    }
  >
> = {
  CreditPendingLong: {
    meaning: 'A win has not been acknowledged by the wallet for a long time; it is still being retried',
    services: ['recover-round'],
  },
  RollbackPendingLong: {
    meaning:
      'A stake to be given back has not been acknowledged by the wallet for a long time; it is still being retried',
    services: ['recover-round'],
  },
  RecoveryFailed: {
    meaning: 'Recovery fails by itself, whatever the wallets answer: money may be owed meanwhile',
    services: ['recover-round'],
    periods: TWO_OF_EIGHT,
  },
  WalletTransactionMismatch: {
    meaning: 'A wallet answered a known transaction with another amount: money and record may differ',
    services: MONEY,
  },
  RecordParked: {
    meaning:
      'A change of a table could not be read, or is none of the product: it is parked, and the log of a round is frozen',
    services: ['process-ledger-stream', 'watch-signed-items'],
    period: AT_ONCE_PERIOD,
  },
  RecordCorrupt: {
    meaning:
      'A stored record was refused because it does not have its MAC or its form: somebody may have changed it',
    services: [...MONEY, ...READING],
    period: AT_ONCE_PERIOD,
  },
};

/** Functions whose failures no player sees. What the daily function and the event function fail at waits in a queue. */
const BACKGROUND = ['process-ledger-stream', 'watch-signed-items', 'recover-round'] as const;
const THROTTLED = [...MONEY, 'process-ledger-stream', 'watch-signed-items'] as const;
/** The functions that read a stream, with what is late where they run behind. */
const STREAM_READERS = {
  LedgerStreamAge: ['process-ledger-stream', 'The archive and recovery run behind the ledger'],
  SignedItemStreamAge: [
    'watch-signed-items',
    'Changes of the configuration and of sessions are judged too late to tell somebody at once',
  ],
} as const;

/** A delayed retry is a new message and waits 15 minutes at most. So an age of an hour means that nobody reads the queue. */
const RECOVERY_AGE_SECONDS = 3_600;
const STREAM_AGE_MS = 5 * 60_000;
const SERVER_ERRORS = 5;

export interface AlarmsProps {
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly queues: Queues;
  readonly tables: Tables;
  readonly apiServerErrors: Metric;
  readonly alarmEmail: string | undefined;
  readonly stage: string;
}

/** These alarms must wake somebody. Everything else is for dashboards. */
export class Alarms extends Construct {
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A topic with a policy of its own loses the default policy, by which the alarms of its account may publish.
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (props.alarmEmail) topic.addSubscription(new EmailSubscription(props.alarmEmail));
    this.action = new SnsAction(topic);

    this.watchQueues(props.queues);
    this.watchFunctions(props.functions);
    this.watchSignals(metricsNamespace(props.stage));
    this.alarm(
      'ApiServerErrors',
      'Callers are answered with server errors',
      props.apiServerErrors,
      SERVER_ERRORS,
    );
    this.alarm('LedgerWriteThrottles', 'The ledger refuses writes', ledgerWriteThrottles(props.tables), 1);
  }

  private watchQueues(queues: Queues): void {
    const waiting = {
      RecoveryDeadLetters: [
        'Rounds that recovery could not process wait for a person',
        queues.recoveryDeadLetters,
      ],
      StreamDeadLetters: [
        'Changes of a table were given up on: rounds are missing in the archive, or signed items were not judged',
        queues.streamDeadLetters,
      ],
      EventDeadLetters: ['Events could not be written to the event log', queues.eventDeadLetters],
      DailyDeadLetters: ['The daily sweep failed', queues.dailyDeadLetters],
      Parking: ['Changes that are none of the product wait for a person', queues.parking],
    } as const;
    for (const [name, [meaning, queue]] of Object.entries(waiting)) {
      const visible = queue.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: 'Maximum',
      });
      this.alarm(`${name}NotEmpty`, meaning, visible, 1);
    }
    const age = queues.recovery.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'Maximum' });
    this.alarm('RecoveryQueueAge', 'Unfinished rounds wait too long for recovery', age, RECOVERY_AGE_SECONDS);
  }

  private watchFunctions(functions: ReadonlyMap<string, LambdaFunction>): void {
    const named = (name: string): LambdaFunction => {
      const lambda = functions.get(name);
      if (!lambda) throw new Error(`An alarm watches the function ${name}, which is not in functions.ts`);
      return lambda;
    };
    for (const name of BACKGROUND)
      this.alarm(
        `${name}-errors`,
        `${name} keeps failing`,
        named(name).metricErrors({ period: PERIOD }),
        1,
        TWO_OF_THREE,
      );
    for (const name of THROTTLED)
      this.alarm(
        `${name}-throttles`,
        `${name} is refused for want of concurrency`,
        named(name).metricThrottles({ period: PERIOD }),
        1,
      );
    for (const [id, [name, meaning]] of Object.entries(STREAM_READERS)) {
      const age = named(name).metric('IteratorAge', { period: PERIOD, statistic: 'Maximum' });
      this.alarm(id, meaning, age, STREAM_AGE_MS);
    }
  }

  private watchSignals(namespace: string): void {
    for (const [metricName, { meaning, services, periods, period = PERIOD }] of Object.entries(SIGNALS)) {
      for (const service of services) {
        const metric = new Metric({
          namespace,
          metricName,
          dimensionsMap: { service },
          period,
          statistic: 'Sum',
        });
        this.alarm(`${metricName}-${service}`, meaning, metric, 1, periods);
      }
    }
  }

  private alarm(
    id: string,
    alarmDescription: string,
    metric: IMetric,
    threshold: number,
    periods = AT_ONCE,
  ): void {
    const alarm = new Alarm(this, id, {
      ...periods,
      alarmDescription,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // These metrics are silent while all is well.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
  }
}

function ledgerWriteThrottles(tables: Tables): Metric {
  return tables.ledger.metric('WriteThrottleEvents', { period: PERIOD, statistic: 'Sum' });
}
