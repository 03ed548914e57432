import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

export interface TablesProps {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
}

const COMMON = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  // CloudTrail shows the use of this key, unlike the use of a key that AWS owns. A customer's key would need a grant
  // for every caller. The application itself encrypts what must stay secret from readers of a table.
  encryption: TableEncryption.AWS_MANAGED,
} as const satisfies TableProps;

const EXPIRES_AT = { timeToLiveAttribute: 'expiresAt' } as const;

/** Whoever judges a change needs the item as it was, and as it is. */
const STREAM = { stream: StreamViewType.NEW_AND_OLD_IMAGES } as const;

export class Tables extends Construct {
  readonly ledger: Table;
  readonly sessions: Table;
  readonly config: Table;
  readonly events: Table;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const { removalPolicy, deletionProtection } = props;
    const pointInTimeRecoverySpecification = { pointInTimeRecoveryEnabled: true };

    this.ledger = new Table(this, 'Ledger', {
      ...COMMON,
      ...EXPIRES_AT,
      removalPolicy,
      deletionProtection,
      pointInTimeRecoverySpecification,
      ...STREAM,
    });
    this.config = new Table(this, 'Config', {
      ...COMMON,
      ...STREAM,
      removalPolicy,
      deletionProtection,
      pointInTimeRecoverySpecification,
    });
    this.sessions = new Table(this, 'Sessions', {
      ...COMMON,
      ...EXPIRES_AT,
      ...STREAM,
      removalPolicy,
      deletionProtection,
    });
    this.events = new Table(this, 'Events', { ...COMMON, ...EXPIRES_AT, removalPolicy, deletionProtection });
    for (const shortLived of [this.sessions, this.events])
      Validations.of(shortLived).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason:
          'Its items live for hours or days; a lost session is launched again, a lost event is in the archive.',
      });
  }
}
