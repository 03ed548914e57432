/**
 * Every Lambda function of the product: what starts it, what it may touch and which settings it reads.
 * The stack is built from this table alone, so a permission that is not written here does not exist.
 */

/** What an IAM statement can name. Each has one ARN, and most one environment variable (resources.ts). */
export type Resource =
  | 'ledger'
  | 'ledgerByRoundId'
  | 'sessions'
  | 'config'
  | 'events'
  | 'engineObjects'
  | 'archiveBucket'
  | 'archiveObjects'
  | 'simulationsBucket'
  | 'simulationObjects'
  | 'recoveryQueue'
  | 'parkingQueue'
  | 'bus'
  | 'dataKey'
  | 'operatorSecrets';

/** IAM actions on each resource, spelled out: no wildcards, no `grantReadWriteData`. */
export type Permissions = Readonly<Partial<Record<Resource, readonly string[]>>>;

export type HttpMethod = 'GET' | 'POST' | 'DELETE';

export type Trigger =
  | { readonly kind: 'route'; readonly method: HttpMethod; readonly path: string }
  | { readonly kind: 'ledger-stream' }
  | { readonly kind: 'recovery-queue' }
  | { readonly kind: 'daily' }
  | { readonly kind: 'domain-events' }
  | { readonly kind: 'simulation' };

/** Stage settings that reach a function as environment variables. */
export type SettingVariable =
  | 'WALLET_TIMEOUT_MS'
  | 'GRPC_TIMEOUT_MS'
  | 'RANDOM_URL'
  | 'SESSION_TTL_SECONDS'
  | 'SESSION_IDLE_SECONDS'
  | 'ROUND_LEASE_MS'
  | 'HOT_RETENTION_DAYS';

export interface FunctionEntry {
  /** The folder under `functions/`, and the function's POWERTOOLS_SERVICE_NAME. */
  readonly name: string;
  readonly purpose: string;
  readonly trigger: Trigger;
  /** Memory and time-out come from the stage's settings for this size. */
  readonly size: 'play' | 'query' | 'worker' | 'sweep' | 'simulation';
  readonly permissions: Permissions;
  readonly settings: readonly SettingVariable[];
}

const READ_SECRET = ['secretsmanager:GetSecretValue'] as const;
const GET_ITEM = ['dynamodb:GetItem'] as const;
const QUERY = ['dynamodb:Query'] as const;
const SEND = ['sqs:SendMessage'] as const;
const GET_OBJECT = ['s3:GetObject'] as const;

/** Spins and bonus actions run the same round protocol on the same data. */
const PLAY_PERMISSIONS: Permissions = {
  sessions: GET_ITEM,
  ledger: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  // The wrapped data key is stored beside the configuration, so that every instance uses the same one.
  config: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  engineObjects: GET_OBJECT,
  operatorSecrets: READ_SECRET,
  dataKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
  recoveryQueue: SEND,
};
const PLAY_SETTINGS = [
  'WALLET_TIMEOUT_MS',
  'GRPC_TIMEOUT_MS',
  'RANDOM_URL',
  'SESSION_IDLE_SECONDS',
  'ROUND_LEASE_MS',
] as const;

export const FUNCTIONS: readonly FunctionEntry[] = [
  {
    name: 'launch-session',
    purpose: 'Opens a session of a player in a game for an operator',
    trigger: { kind: 'route', method: 'POST', path: '/api/v1/games/{gameCode}/session' },
    size: 'query',
    permissions: {
      sessions: ['dynamodb:PutItem'],
      ledger: QUERY,
      config: GET_ITEM,
      engineObjects: GET_OBJECT,
      operatorSecrets: READ_SECRET,
    },
    settings: ['WALLET_TIMEOUT_MS', 'GRPC_TIMEOUT_MS', 'SESSION_TTL_SECONDS'],
  },
  {
    name: 'verify-session',
    purpose: 'Tells whether a session is alive',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/sessions/{sessionId}' },
    size: 'query',
    permissions: { sessions: GET_ITEM, ledger: QUERY },
    settings: ['SESSION_IDLE_SECONDS'],
  },
  {
    name: 'revoke-session',
    purpose: 'Ends a session at once',
    trigger: { kind: 'route', method: 'DELETE', path: '/api/v1/sessions/{sessionId}' },
    size: 'query',
    permissions: { sessions: ['dynamodb:UpdateItem'] },
    settings: [],
  },
  {
    name: 'play-spin',
    purpose: 'Plays one simple round',
    trigger: { kind: 'route', method: 'POST', path: '/api/v1/games/{gameCode}/spin' },
    size: 'play',
    permissions: PLAY_PERMISSIONS,
    settings: PLAY_SETTINGS,
  },
  {
    name: 'play-bonus',
    purpose: 'Plays one action of the active bonus',
    trigger: { kind: 'route', method: 'POST', path: '/api/v1/games/{gameCode}/bonus' },
    size: 'play',
    permissions: PLAY_PERMISSIONS,
    settings: PLAY_SETTINGS,
  },
  {
    name: 'get-round',
    purpose: 'Returns the record of one round',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/rounds/{roundId}' },
    size: 'query',
    permissions: { ledger: GET_ITEM, ledgerByRoundId: QUERY, sessions: GET_ITEM, config: GET_ITEM },
    settings: [],
  },
  {
    name: 'list-rounds',
    purpose: 'Lists the rounds of a session, newest first',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/sessions/{sessionId}/rounds' },
    size: 'query',
    permissions: { sessions: GET_ITEM, ledger: QUERY, config: GET_ITEM },
    settings: [],
  },
  {
    name: 'reconcile-rounds',
    purpose: "Compares an operator's rounds with its wallet's own list of transactions",
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/reconciliation' },
    size: 'query',
    permissions: {
      config: GET_ITEM,
      archiveBucket: ['s3:ListBucket'],
      archiveObjects: GET_OBJECT,
      ledger: ['dynamodb:GetItem', 'dynamodb:Query'],
      ledgerByRoundId: QUERY,
      operatorSecrets: READ_SECRET,
    },
    settings: ['WALLET_TIMEOUT_MS', 'HOT_RETENTION_DAYS'],
  },
  {
    name: 'list-games',
    purpose: 'Lists the games an operator may offer',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/games' },
    size: 'query',
    permissions: { config: QUERY },
    settings: [],
  },
  {
    name: 'check-health',
    purpose: 'Tells whether everything a round depends on can be reached',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/health' },
    size: 'query',
    permissions: {
      ledger: GET_ITEM,
      sessions: GET_ITEM,
      config: ['dynamodb:GetItem', 'dynamodb:Query'],
      engineObjects: GET_OBJECT,
      recoveryQueue: ['sqs:GetQueueAttributes'],
      dataKey: ['kms:DescribeKey'],
    },
    settings: ['GRPC_TIMEOUT_MS'],
  },
  {
    name: 'serve-openapi',
    purpose: 'Serves the OpenAPI document of this API',
    trigger: { kind: 'route', method: 'GET', path: '/api/v1/openapi.json' },
    size: 'query',
    permissions: {},
    settings: [],
  },
  {
    name: 'process-ledger-stream',
    purpose:
      'Archives every change of a round, publishes its events and schedules the check of unfinished ones',
    trigger: { kind: 'ledger-stream' },
    size: 'worker',
    permissions: {
      archiveObjects: ['s3:PutObject'],
      bus: ['events:PutEvents'],
      recoveryQueue: SEND,
      parkingQueue: SEND,
      // Marks rounds that are in the archive, and sets the expiry of those before them.
      ledger: ['dynamodb:UpdateItem'],
    },
    settings: ['ROUND_LEASE_MS', 'HOT_RETENTION_DAYS'],
  },
  {
    name: 'recover-round',
    purpose: 'Drives an unfinished round to its end',
    trigger: { kind: 'recovery-queue' },
    size: 'worker',
    permissions: {
      ledger: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      config: GET_ITEM,
      operatorSecrets: READ_SECRET,
      recoveryQueue: SEND,
    },
    settings: ['WALLET_TIMEOUT_MS', 'ROUND_LEASE_MS'],
  },
  {
    name: 'sweep-rounds',
    purpose: 'Finds rounds that nothing else has driven to their end',
    trigger: { kind: 'daily' },
    size: 'sweep',
    permissions: { ledger: ['dynamodb:Scan'], recoveryQueue: SEND },
    settings: ['ROUND_LEASE_MS'],
  },
  {
    name: 'record-event',
    purpose: "Writes an operator's event log, from which streams are resumed",
    trigger: { kind: 'domain-events' },
    size: 'worker',
    permissions: { events: ['dynamodb:PutItem'] },
    settings: [],
  },
  {
    name: 'simulate-shard',
    purpose: "Simulates a shard of a game's rounds",
    trigger: { kind: 'simulation' },
    size: 'simulation',
    permissions: { engineObjects: GET_OBJECT, simulationObjects: ['s3:PutObject'] },
    settings: [],
  },
  {
    name: 'merge-simulation',
    purpose: 'Adds up the shards of a simulation and reports on it',
    trigger: { kind: 'simulation' },
    size: 'simulation',
    permissions: {
      engineObjects: GET_OBJECT,
      // Without it S3 would not tell a shard that is missing from one that may not be read.
      simulationsBucket: ['s3:ListBucket'],
      simulationObjects: ['s3:GetObject', 's3:PutObject'],
    },
    settings: [],
  },
];
