/** One line of the table: which files are mutated, by which tests a mutant must be noticed, and how many of them. */
export interface MutationRow {
  readonly room: string;
  /** Globs of the files whose code is changed. */
  readonly files: readonly string[];
  /** Globs of the tests that must notice it. */
  readonly tests: readonly string[];
  /** The smallest share of noticed mutants, in percent. */
  readonly threshold: number;
  /** It is part of what `.ci/run` tries: `npm run test:mutation -- --share`. */
  readonly share?: true;
}

const STATE = 'accounted-round,idempotency,round,round-transitions,transaction-id';
const MACS = 'judge-change,round-address,round-chain,round-macs';
const RECOVERY =
  'owed-round,pending-rounds,queue-again,queue-recovery,read-unfinished,recover-batch,recover-in-line,recover-round,sweep-rounds';
const READING = 'counted-ledger,find-earlier-round,played-rounds,read-rounds,replay-round,round-answer';
const QUEUE = 'memory-recovery-queue,recovery-message,sqs-recovery-queue';

/**
 * Each row names the tests that are about its files, because every test costs time for each mutant. Tests must notice
 * 95 of 100 mutants of pure files, and 90 of adapters. The rooms that decide about money are tried with each change.
 */
export const rows: readonly MutationRow[] = [
  {
    room: 'money',
    files: ['shared/money/*.ts'],
    tests: ['shared/money/*.test.ts'],
    threshold: 95,
    share: true,
  },
  {
    room: 'foundation',
    files: ['shared/foundation/{bytes,expiring-cache,ids,workload}.ts'],
    tests: [
      'shared/foundation/{bytes,expiring-cache,ids,workload}.test.ts',
      'shared/reconciliation/reconcile.test.ts',
    ],
    threshold: 95,
  },
  {
    room: 'operators',
    files: ['shared/operators/*.ts'],
    tests: ['shared/operators/*.test.ts', 'test/journeys/authenticate-operator.test.ts'],
    threshold: 95,
  },
  {
    room: 'sessions',
    files: ['shared/sessions/*.ts'],
    tests: [
      'shared/sessions/*.test.ts',
      'test/journeys/{identify-reader,launch-session,verify-session}.test.ts',
    ],
    threshold: 95,
    share: true,
  },
  {
    room: 'sessions/adapters',
    files: ['shared/sessions/adapters/*.ts'],
    tests: ['shared/sessions/adapters/*.test.ts', 'test/contracts/sessions.test.ts'],
    threshold: 90,
  },
  {
    room: 'wallets/adapters',
    files: ['shared/wallets/adapters/*.ts'],
    tests: ['shared/wallets/adapters/*.test.ts'],
    threshold: 90,
  },
  {
    room: 'rounds/state',
    files: [`shared/rounds/{${STATE}}.ts`],
    tests: [`shared/rounds/{${STATE}}.test.ts`],
    threshold: 95,
    share: true,
  },
  {
    room: 'rounds/macs',
    files: [`shared/rounds/{${MACS}}.ts`],
    tests: [`shared/rounds/{${MACS}}.test.ts`],
    threshold: 95,
  },
  {
    room: 'rounds/recovery',
    files: [`shared/rounds/{${RECOVERY}}.ts`],
    tests: [
      'shared/rounds/{pending-rounds,recover-*,sweep-rounds}.test.ts',
      'shared/rounds/{moved-operator,play-closed,play-deferred,play-round,put-back-intent}.test.ts',
    ],
    threshold: 95,
  },
  {
    room: 'rounds/reading',
    files: [`shared/rounds/{${READING}}.ts`],
    tests: [
      'shared/rounds/{counted-ledger,play-numbered,read-rounds*,replay-round,round-answer}.test.ts',
      'test/journeys/launch-session.test.ts',
    ],
    threshold: 95,
  },
  {
    room: 'rounds',
    files: [`shared/rounds/!(${[STATE, MACS, RECOVERY, READING].join(',').replaceAll(',', '|')}).ts`],
    tests: [
      'shared/rounds/{bound-state,moved-operator,play-*,put-back-intent}.test.ts',
      'shared/rounds/{assert-win,commit,declared-limits*,end-bonus,recover-round,round-opening,wallet-transaction}.test.ts',
    ],
    threshold: 95,
  },
  {
    room: 'rounds/adapters',
    files: [`shared/rounds/adapters/!(${QUEUE.replaceAll(',', '|')}).ts`],
    tests: [
      `shared/rounds/adapters/!(${QUEUE.replaceAll(',', '|')}).test.ts`,
      'test/contracts/ledger.{dynoxide,memory}.test.ts',
    ],
    threshold: 90,
  },
  {
    room: 'rounds/queue',
    files: [`shared/rounds/adapters/{${QUEUE}}.ts`],
    tests: [`shared/rounds/adapters/{${QUEUE}}.test.ts`, 'test/adapters/rounds/queues.test.ts'],
    threshold: 90,
  },
  {
    room: 'reconciliation/totals',
    files: ['shared/reconciliation/reconciliation-totals.ts'],
    tests: ['shared/reconciliation/reconciliation-totals.test.ts'],
    threshold: 95,
    share: true,
  },
  {
    room: 'reconciliation',
    files: ['shared/reconciliation/!(reconciliation-totals).ts'],
    tests: ['shared/reconciliation/*.test.ts'],
    threshold: 95,
  },
  {
    room: 'games/adapters',
    files: ['shared/games/adapters/{config-table,config-writes,registry*}.ts'],
    tests: ['shared/games/adapters/registry{,-requests}.test.ts'],
    threshold: 90,
  },
  {
    room: 'encryption',
    files: ['shared/encryption/*.ts'],
    tests: ['shared/encryption/*.test.ts'],
    threshold: 95,
  },
  {
    room: 'encryption/adapters',
    files: ['shared/encryption/adapters/*.ts'],
    tests: ['shared/encryption/adapters/*.test.ts', 'test/adapters/encryption/data-keys.test.ts'],
    threshold: 90,
  },
  {
    room: 'aws',
    files: ['shared/aws/{attribute-values,conditional-*,item-size,stored,update-expression}.ts'],
    tests: [
      'shared/aws/*.test.ts',
      'shared/games/adapters/registry.test.ts',
      'shared/rounds/adapters/round-codec.test.ts',
    ],
    threshold: 90,
  },
];
