import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { recoveryDelivery } from '../deliveries.ts';

/** SQS keeps no message for longer. Somebody has two weeks to answer an alarm. */
const KEPT = Duration.days(14);

/** SQS allows no more. Both images of a round need it. It is set here because the default was once a quarter of it. */
const PARKED_BYTES = 1024 * 1024;

export interface QueuesProps {
  readonly removalPolicy: RemovalPolicy;
  /** The time-out of the function that reads the recovery queue. */
  readonly recoveryTimeoutSeconds: number;
}

/**
 * There is the recovery queue, and there are the queues where work waits for a person. Each of the latter has its own
 * alarm, so that the alarm's name tells what failed.
 */
export class Queues extends Construct {
  readonly recovery: Queue;
  /** It has the changes that a stream's consumer could not process, or that are none of the product's, with both images. */
  readonly parking: Queue;
  /** It has the recovery messages that failed again and again. */
  readonly recoveryDeadLetters: Queue;
  /** It has the descriptions of stream batches that Lambda gave up on. */
  readonly streamDeadLetters: Queue;
  /** It has the events that could not be written to the event log. */
  readonly eventDeadLetters: Queue;
  /** It has the daily runs that failed. */
  readonly dailyDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueuesProps) {
    super(scope, id);
    const common = {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: KEPT,
      removalPolicy: props.removalPolicy,
    } satisfies QueueProps;

    this.parking = new Queue(this, 'Parking', { ...common, maxMessageSizeBytes: PARKED_BYTES });
    this.recoveryDeadLetters = new Queue(this, 'RecoveryDeadLetters', common);
    this.streamDeadLetters = new Queue(this, 'StreamDeadLetters', common);
    this.eventDeadLetters = new Queue(this, 'EventDeadLetters', common);
    this.dailyDeadLetters = new Queue(this, 'DailyDeadLetters', common);
    this.recovery = new Queue(this, 'Recovery', {
      ...common,
      visibilityTimeout: Duration.seconds(recoveryDelivery.visibilityTimeouts * props.recoveryTimeoutSeconds),
      deadLetterQueue: {
        queue: this.recoveryDeadLetters,
        maxReceiveCount: recoveryDelivery.maxReceiveCount,
      },
    });
    for (const lastStop of [this.parking, this.streamDeadLetters])
      Validations.of(lastStop).acknowledge({
        id: 'AwsSolutions-SQS3',
        reason:
          'It is a dead-letter queue itself, filled by a function or a stream mapping; a person empties it.',
      });
  }
}
