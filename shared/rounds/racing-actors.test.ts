import { sampleOperator } from '../operators/operator.fixture.ts';
import fc, { type Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import { type WalletCalls, walletCallStyles } from '../operators/operator.ts';
import { hasOutcome, isFinal, type Round, stakeTransactionId, winTransactionId } from './round.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import type {
  BetWinTransaction,
  RollbackReply,
  Wallet,
  WalletReply,
  WalletTransaction,
} from '../wallets/wallet.ts';
import { type PlayPorts, playRound } from './play-round.ts';
import { type RecoveryPorts, recoverRound } from './recover-round.ts';
import { coinStep, log, RoundsFixture } from './rounds.fixture.ts';
import { sweepRounds } from './sweep-rounds.ts';

/** There is no lease. Whoever looks at the round may take it over, at any moment. */
const settings = { sessionIdleMs: 1_800_000, leaseMs: 0, debitAttempts: 2 };
const finish: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;

/**
 * A call has one of these fates. It is answered, it is lost on the way there or back, or it takes longer than the caller
 * waits. Or the caller dies while it waits.
 */
type Fate = 'answered' | 'lost' | 'answer lost' | 'delayed' | 'caller dies';

/**
 * A wallet with real books. One that conforms keeps to docs/wallet-api.md. The other one forgets refusals and rollbacks,
 * so that it accepts a late debit. It also checks the funds before it checks if it knows the debit.
 */
class BookkeepingWallet {
  balanceMinor: bigint;
  readonly debited = new Map<string, bigint>();
  readonly credited = new Map<string, bigint>();
  readonly rolledBack = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #conforms: boolean;
  readonly #nextFate: () => Fate;
  readonly #scheduler: Scheduler;

  constructor(
    scheduler: Scheduler,
    options: { balanceMinor: bigint; conforms: boolean; fates: readonly Fate[] },
  ) {
    const fates = [...options.fates];
    this.balanceMinor = options.balanceMinor;
    this.#conforms = options.conforms;
    this.#nextFate = () => fates.shift() ?? 'answered';
    this.#scheduler = scheduler;
  }

  calls(): Wallet {
    return {
      debit: (transaction) => this.#carry('debit', () => this.#debit(transaction, 0n)),
      betWin: (transaction) => this.#carry('bet-win', () => this.#betWin(transaction)),
      credit: (transaction) => this.#carry('credit', () => this.#credit(transaction)),
      rollback: (transaction) => this.#carry('rollback', () => this.#rollback(transaction)),
      balance: async () => this.#acknowledged(),
      ready: async () => undefined,
      authenticate: async () => undefined,
    };
  }

  #acknowledged(): WalletReply {
    return { kind: 'acknowledged', balanceMinor: minorAmount(this.balanceMinor) };
  }

  async #carry<R>(name: string, apply: () => R): Promise<R | typeof unknown> {
    const fate = this.#nextFate();
    await this.#scheduler.schedule(Promise.resolve(), `${name} ${fate}`);
    if (fate === 'lost') return unknown;
    if (fate === 'delayed') {
      void this.#scheduler.schedule(Promise.resolve(), `late ${name}`).then(apply);
      return unknown;
    }
    const reply = apply();
    await this.#scheduler.schedule(Promise.resolve(), `answer to ${name}`);
    if (fate === 'caller dies') throw new Error('the process died');
    return fate === 'answer lost' ? unknown : reply;
  }

  /** Stake and win move together. The win is on the books under the same id. */
  #betWin(transaction: BetWinTransaction): WalletReply {
    return this.#debit(transaction, transaction.winMinor);
  }

  #debit({ transactionId, amountMinor }: WalletTransaction, winMinor: bigint): WalletReply {
    if (this.#conforms) {
      if (this.rolledBack.has(transactionId)) return { kind: 'refused', code: 'WALLET_REFUSED' };
      if (this.#refused.has(transactionId)) return { kind: 'refused', code: 'INSUFFICIENT_FUNDS' };
      if (this.debited.has(transactionId)) return this.#acknowledged();
    }
    if (this.balanceMinor < amountMinor) {
      this.#refused.add(transactionId);
      return { kind: 'refused', code: 'INSUFFICIENT_FUNDS' };
    }
    if (!this.debited.has(transactionId)) {
      this.balanceMinor += winMinor - amountMinor;
      this.debited.set(transactionId, amountMinor);
      if (winMinor > 0n) this.credited.set(transactionId, winMinor);
    }
    return this.#acknowledged();
  }

  #credit({ transactionId, amountMinor }: WalletTransaction): WalletReply {
    if (!this.credited.has(transactionId)) {
      this.balanceMinor += amountMinor;
      this.credited.set(transactionId, amountMinor);
    }
    return this.#acknowledged();
  }

  #rollback({ transactionId }: WalletTransaction): RollbackReply {
    const amountMinor = this.debited.get(transactionId);
    if (amountMinor !== undefined && !this.rolledBack.has(transactionId)) {
      this.balanceMinor += amountMinor - (this.credited.get(transactionId) ?? 0n);
      this.credited.delete(transactionId);
      this.rolledBack.add(transactionId);
    }
    if (amountMinor === undefined && this.#conforms) this.rolledBack.add(transactionId);
    return { kind: amountMinor === undefined ? 'not-found' : 'acknowledged' };
  }
}

type Actor = 'client' | 'recovery';

/** The ports of one actor. Others may act before each of its reads and writes, and between them. */
function portsOf(
  table: RoundsFixture,
  wallet: BookkeepingWallet,
  scheduler: Scheduler,
): PlayPorts & RecoveryPorts {
  const { ledger } = table;
  return {
    ...table.ports(),
    clock: { nowMs: () => ++table.nowMs },
    wallets: { of: () => wallet.calls() },
    ledger: {
      head: scheduler.scheduleFunction((of) => ledger.head(of)),
      get: scheduler.scheduleFunction((reference) => ledger.get(reference)),
      append: scheduler.scheduleFunction((round) => ledger.append(round)),
      save: scheduler.scheduleFunction((next, fence) => ledger.save(next, fence)),
      find: (roundId) => ledger.find(roundId),
      markArchived: (reference) => ledger.markArchived(reference),
      isFrozen: (of) => ledger.isFrozen(of),
      expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
      unfinished: (beforeMs, part) => ledger.unfinished(beforeMs, part),
    },
  };
}

/**
 * Resolves with the bytes of the answer, or undefined where the actor got none. The balance is left out, because only
 * the lease keeps two answers from giving different ones, and here is no lease.
 */
async function act(
  actor: Actor,
  ports: PlayPorts & RecoveryPorts,
  table: RoundsFixture,
): Promise<string | undefined> {
  try {
    if (actor === 'client') {
      const { balance: _, winPending: __, ...answer } = await playRound(ports, settings, table.spin());
      return JSON.stringify(answer);
    }
    await recoverRound(ports, settings, finish);
  } catch {
    // It may be a refusal, a lost race or a death. The test counts what is on the books in the end.
  }
  return undefined;
}

/**
 * All of this always comes in the end. Late calls land, the sweep finds the round, and a voided one gets its last
 * rollback.
 */
async function finishEverything(
  table: RoundsFixture,
  ports: PlayPorts & RecoveryPorts,
  scheduler: Scheduler,
): Promise<void> {
  // A message whose receiver dies is delivered again.
  const deliver = (request: RecoveryRequest) =>
    recoverRound(ports, settings, request).catch((error: unknown) => {
      if (!isDeath(error)) throw error;
      return ports.recovery.send([request], 1_000);
    });
  const drain = async () => {
    for (let turns = 0; table.recovery.nextDueAtMs !== undefined && turns < 50; turns += 1) {
      table.nowMs = Math.max(table.nowMs, table.recovery.nextDueAtMs);
      for (const request of table.recovery.takeDue()) await deliver(request);
    }
  };
  await scheduler.waitFor(drain());
  // No call is late for a quarter of an hour, after which the last rollback comes.
  await scheduler.waitIdle();
  table.nowMs += 86_400_000;
  await sweepRounds({ ...ports, remainingMs: () => 60_000 }, settings);
  await scheduler.waitFor(drain());
  await ports.recovery.send([{ ...finish, purpose: 'confirm-void' }], 0);
  await scheduler.waitFor(drain());
}

function isDeath(error: unknown): boolean {
  return error instanceof Error && error.message === 'the process died';
}

const fate = fc.oneof(
  { arbitrary: fc.constant<Fate>('answered'), weight: 1 },
  { arbitrary: fc.constantFrom<Fate>('lost', 'answer lost', 'delayed', 'caller dies'), weight: 1 },
);

const race = fc.record({
  actors: fc.array(fc.constantFrom<Actor>('client', 'recovery'), { maxLength: 3 }),
  fates: fc.array(fate, { minLength: 2, maxLength: 10, size: 'max' }),
  payoutMillionths: fc.constantFrom(0n, 2_500_000n),
  balanceMinor: fc.constantFrom(10_000n, 100n, 50n),
  /** The player deposits this amount while the round runs. */
  depositMinor: fc.constantFrom(0n, 500n),
  conforms: fc.boolean(),
  walletCalls: fc.constantFrom<WalletCalls>(...walletCallStyles),
});

type Race = typeof race extends fc.Arbitrary<infer R> ? R : never;

function tellingOf<P extends PlayPorts>(appended: () => void, ports: P): P {
  const append: PlayPorts['ledger']['append'] = async (round) => {
    const result = await ports.ledger.append(round);
    appended();
    return result;
  };
  return { ...ports, ledger: { ...ports.ledger, append } };
}

async function run(scheduler: Scheduler, given: Race) {
  const table = new RoundsFixture();
  await table.open();
  table.step = (state) => coinStep(state, given.payoutMillionths);
  table.operator = sampleOperator({ walletCalls: given.walletCalls });
  const wallet = new BookkeepingWallet(scheduler, given);
  const portsFor = () => portsOf(table, wallet, scheduler);
  void scheduler.schedule(Promise.resolve(), 'deposit').then(() => {
    wallet.balanceMinor += given.depositMinor;
  });
  const intent = Promise.withResolvers<void>();
  const first = act('client', tellingOf(intent.resolve, portsFor()), table);
  // The other actors come when there is something to race for.
  await scheduler.waitFor(intent.promise);
  const racing = [first, ...given.actors.map((actor) => act(actor, portsFor(), table))];
  const answers = (await scheduler.waitFor(Promise.all(racing))).filter((answer) => answer !== undefined);
  await finishEverything(table, portsFor(), scheduler);
  return { wallet, answers, rounds: (await table.ledger.list(log, { limit: 10 })) as Round[] };
}

function expectFinished(round: Round, wallet: BookkeepingWallet, startMinor: bigint): void {
  expect(isFinal(round)).toBe(true);
  const stake = stakeTransactionId(round) ?? '';
  if (hasOutcome(round)) {
    const { winMinor } = round.outcome;
    expect([...wallet.debited]).toEqual([[stake, 100n]]);
    expect(wallet.rolledBack.has(stake)).toBe(false);
    expect([...wallet.credited]).toEqual(winMinor === 0n ? [] : [[winTransactionId(round), winMinor]]);
    expect(wallet.balanceMinor).toBe(startMinor - 100n + winMinor);
  } else {
    expect([...wallet.credited]).toEqual([]);
    expect(wallet.debited.size === 0 || wallet.rolledBack.has(stake)).toBe(true);
    expect(wallet.balanceMinor).toBe(startMinor);
  }
}

describe('A round that several actors drive at once, over a network that loses, delays and kills', () => {
  it('A round is debited once and credited once, or not at all, and all who are answered get the same answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), race, async (scheduler, given) => {
        const { wallet, answers, rounds } = await run(scheduler, given);
        const [round] = rounds;
        if (!round) throw new Error('there is no round');
        expect(rounds).toHaveLength(1);
        expectFinished(round, wallet, given.balanceMinor + given.depositMinor);
        expect(new Set(answers).size).toBeLessThanOrEqual(1);
        if (answers.length > 0) expect(hasOutcome(round)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
