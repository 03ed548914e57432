/** One line of the table: which files are mutated, by which tests a mutant must be noticed, and how many of them. */
export interface MutationRow {
  readonly room: string;
  /** Globs of the files whose code is changed. */
  readonly files: readonly string[];
  /** Globs of the tests that must notice it. */
  readonly tests: readonly string[];
  /** The smallest share of noticed mutants, in percent. */
  readonly threshold: number;
  /** Files of this row that each change is tried on: `npm run test:mutation -- --share`. */
  readonly share?: readonly string[];
}

const LEDGER_CONTRACT = ['test/contracts/ledger.memory.test.ts', 'test/contracts/ledger.dynoxide.test.ts'];

/** Pure files notice 95 of 100 mutants, adapters 90. Money, state machine and totals are tried on with each change. */
export const rows: readonly MutationRow[] = [
  {
    room: 'money',
    files: ['shared/domain/{money,currency}.ts'],
    tests: ['shared/domain/money.test.ts'],
    threshold: 95,
    share: ['shared/domain/money.ts'],
  },
  {
    room: 'operators',
    files: ['shared/usecases/authenticate-operator.ts', 'shared/domain/operator.ts'],
    tests: ['shared/usecases/authenticate-operator.test.ts'],
    threshold: 95,
  },
  {
    room: 'sessions',
    files: ['shared/domain/session.ts', 'shared/usecases/{launch,revoke,verify}-session.ts'],
    tests: ['shared/usecases/{launch,verify}-session.test.ts'],
    threshold: 95,
  },
  {
    room: 'sessions/adapters',
    files: ['shared/adapters/dynamodb/sessions.ts'],
    tests: ['shared/adapters/dynamodb/sessions.test.ts', 'test/contracts/sessions.test.ts'],
    threshold: 90,
  },
  {
    room: 'wallets/adapters',
    files: ['shared/adapters/http/{json-object,wallet-exchange,wallet-replies,wallet-signature,wallets}.ts'],
    tests: ['shared/adapters/http/{json-object,wallet-key,wallet-signature,wallets}.test.ts'],
    threshold: 90,
  },
  {
    room: 'rounds',
    files: [
      'shared/domain/{idempotency,ids,round,round-transitions,round-view}.ts',
      'shared/usecases/{declared-limits,drive-round,play-round,read-rounds,recover-batch,recover-round,round-answer,round-secrets,settle-round,sweep-rounds}.ts',
    ],
    tests: [
      'shared/domain/{idempotency,round-transitions,round-view}.test.ts',
      'shared/usecases/{declared-limits,drive-round,play-*,racing-actors,read-rounds,recover-*,round-answer,sweep-rounds}.test.ts',
    ],
    threshold: 95,
    share: ['shared/domain/round-transitions.ts', 'shared/domain/round.ts'],
  },
  {
    room: 'rounds/adapters',
    files: ['shared/adapters/dynamodb/{ledger,round-codec,round-item,round-keys,view-packing}.ts'],
    tests: ['shared/adapters/dynamodb/{ledger,round-codec}.test.ts', ...LEDGER_CONTRACT],
    threshold: 90,
  },
  {
    room: 'rounds/queue',
    files: ['shared/adapters/sqs/recovery-{message,queue}.ts'],
    tests: ['shared/adapters/sqs/{queues,recovery-message}.test.ts'],
    threshold: 90,
  },
  {
    room: 'games/adapters',
    files: ['shared/adapters/dynamodb/{registry,registry-admin,registry-items}.ts'],
    tests: ['shared/adapters/dynamodb/registry.test.ts'],
    threshold: 90,
  },
  {
    room: 'encryption/adapters',
    files: ['shared/adapters/dynamodb/data-key-items.ts', 'shared/adapters/kms/{cipher,data-keys}.ts'],
    tests: ['shared/adapters/kms/*.test.ts'],
    threshold: 90,
  },
  {
    room: 'aws',
    files: [
      'shared/adapters/system/expiring-cache.ts',
      'shared/adapters/dynamodb/{attribute-values,item-size,stored,update-expression}.ts',
    ],
    tests: [
      'shared/adapters/system/expiring-cache.test.ts',
      'shared/adapters/dynamodb/{item-size,round-codec,sessions}.test.ts',
    ],
    threshold: 90,
  },
  {
    room: 'reconciliation',
    files: [
      'shared/domain/{accounted-round,reconciliation,reconciliation-totals}.ts',
      'shared/usecases/{compare-with-books,read-unfinished,reconcile,reconcile-days,reconcile-unfinished}.ts',
    ],
    tests: [
      'shared/domain/reconciliation*.test.ts',
      'shared/usecases/{reconcile,reconcile-days,reconcile.split,sweep-rounds}.test.ts',
    ],
    threshold: 95,
    share: ['shared/domain/reconciliation-totals.ts', 'shared/domain/accounted-round.ts'],
  },
  {
    room: 'reconciliation/adapters',
    files: ['shared/adapters/http/wallet-books.ts'],
    tests: ['shared/adapters/http/wallet-books.test.ts'],
    threshold: 90,
  },
];
