import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';

/** The number is rounded up, so that no leap day shortens what a rule asks for in years. */
const DAYS_PER_YEAR = 366;

export interface BucketsProps {
  readonly settings: StageSettings;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * There are buckets of engines, of the archive, of simulations and of access logs. No bucket empties itself on
 * deletion. That would need a function that may delete every object, and nothing here may do that.
 */
export class Buckets extends Construct {
  readonly engines: Bucket;
  readonly archive: Bucket;
  /** The bucket has shards and reports of simulations. Nothing in it is needed longer than its reader takes to fetch it. */
  readonly simulations: Bucket;

  constructor(scope: Construct, id: string, props: BucketsProps) {
    super(scope, id);
    const { settings, removalPolicy } = props;
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: BucketEncryption.S3_MANAGED,
      removalPolicy,
    } satisfies BucketProps;

    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...common,
      lifecycleRules: [{ expiration: Duration.days(settings.logRetentionDays) }],
    }) as IBucket; // The library's own types do not fit each other under exactOptionalPropertyTypes.
    // The bucket is versioned and nothing expires. A round is replayed years later, with the engine whose hash it recorded.
    this.engines = new Bucket(this, 'Engines', {
      ...common,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'engines/',
    });
    // S3 encrypts the archive, and not the stack's key. Whoever deletes a key deletes what it encrypts, so an
    // archive is only as write-once as its key. Secrets in it are encrypted before they get here.
    this.archive = new Bucket(this, 'Archive', {
      ...common,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: retention(settings.archive),
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'archive/',
    });
    this.simulations = new Bucket(this, 'Simulations', {
      ...common,
      lifecycleRules: [{ expiration: Duration.days(settings.simulations.retentionDays) }],
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'simulations/',
    });
  }
}

function retention(archive: StageSettings['archive']): ObjectLockRetention {
  const period = Duration.days(archive.retentionYears * DAYS_PER_YEAR);
  return archive.lock === 'compliance'
    ? ObjectLockRetention.compliance(period)
    : ObjectLockRetention.governance(period);
}
