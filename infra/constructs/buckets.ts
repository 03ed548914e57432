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

/** Rounded up, so that no leap day shortens what a rule asks for in years. */
const DAYS_PER_YEAR = 366;

export interface BucketsProps {
  readonly settings: StageSettings;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Where engines, the archive, simulations and the buckets' access logs lie. No bucket empties itself on deletion: that takes a
 * function allowed to delete every object, which is the one thing nothing here may do.
 */
export class Buckets extends Construct {
  readonly engines: Bucket;
  readonly archive: Bucket;
  /** Shards and reports of simulations: nothing in it is needed longer than its reader takes to fetch it. */
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
    // Versioned and never expired: a round is replayed with the engine whose hash it recorded, years later.
    this.engines = new Bucket(this, 'Engines', {
      ...common,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'engines/',
    });
    // Encrypted by S3 and not under the stack's key: whoever deletes a key deletes what it encrypts, and an
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
