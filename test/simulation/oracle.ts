import type { Round } from '../../shared/rounds/round.ts';
import type { WalletTransaction } from '../../shared/wallets/wallet.ts';
import {
  contextOf,
  expectedState,
  fixedPart,
  isOver,
  logOf,
  name,
  outcomeOf,
  plain,
  playsLeftVersion,
  sameBytes,
  stateOf,
  unsealed,
} from './recompute.ts';
import { isVictim } from './plan.ts';
import { type Books, Rulebook, type Write } from './rules/rulebook.ts';
import type { Auditor, Entry } from './wallet.ts';

/** What the oracle knows of one round, by itself. */
interface Account {
  /** As the ledger has it. */
  round: Round;
  /** Ids of movements that were ever made for it. */
  readonly stakes: Set<string>;
  readonly credits: Set<string>;
  /** Whether the wallet holds the stake now. */
  stakeHeld: boolean;
  /** Whether the wallet was ever asked for the stake. */
  stakeAsked: boolean;
  /** Whether a rollback has come to the wallet since the round was voided. */
  rollbackReached: boolean;
  /** The round before it in its log. */
  readonly previous: Round | undefined;
}

/** Thrown at the moment that something is wrong, and kept by the world. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** Which status may follow which; written down here once more, independently of the code under test. */
const followers: Readonly<Record<Round['status'], readonly Round['status'][]>> = {
  INTENT: ['INTENT', 'COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDING'],
  COMMITTED: ['CREDITED'],
  VOIDING: ['VOIDED'],
  CREDITED: [],
  REJECTED: [],
  FAILED: [],
  VOIDED: [],
};

/**
 * Knows what every round should be from what it sees of the ledger, the wallets, the archive and the answers. It shares no
 * code with what decides that. Each thing that happens is checked when it happens.
 */
export class Oracle implements Omit<Auditor, 'told'> {
  readonly accounts = new Map<string, Account>();
  readonly #logs = new Map<string, Round[]>();
  readonly #keys = new Set<string>();
  readonly #report: (violation: Violation) => void;
  /** By operator. */
  readonly lastCreditAtMs = new Map<string, number>();
  readonly #nowMs: () => number;
  readonly rules: Rulebook;

  constructor(report: (violation: Violation) => void, nowMs: () => number, leaseMs: number) {
    this.#report = report;
    this.#nowMs = nowMs;
    const books: Books = {
      roundOf: (roundId) => this.accounts.get(roundId)?.round,
      newestOf: (log) => this.#logs.get(log)?.at(-1),
      nowMs,
    };
    this.rules = new Rulebook((holds, rule, detail) => this.#check(holds, rule, detail), books, leaseMs);
  }

  /** A change of the ledger. */
  written(before: Round | undefined, write: Write): void {
    const { after, writer } = write;
    if (isVictim(after.log.playerId)) return this.rules.forged.written(before, after, writer);
    if (!before) return this.#appended(write);
    this.#check(
      followers[before.status].includes(after.status),
      'a round never goes back',
      () => `${before.status} became ${after.status} in round ${name(after)}`,
    );
    this.#check(
      fixedPart(before) === fixedPart(after),
      'what a round starts with never changes',
      () => `round ${name(after)}`,
    );
    this.#check(after.epoch >= before.epoch, 'an epoch never shrinks', () => `round ${name(after)}`);
    const account = this.#account(after.roundId);
    if (!account) return;
    account.round = after;
    this.rules.written(before, account.previous, account.stakes, write);
    const staked = after.stakeMinor === 0n || account.stakeHeld;
    if (after.status === 'COMMITTED' || after.status === 'CREDITED') {
      this.#check(staked, 'a round that is committed was paid for', () => `round ${name(after)}`);
      this.#checkOutcome(before, after);
    }
    if (after.status === 'CREDITED' && after.walletCalls === 'debit-credit')
      this.#check(
        account.credits.size === 1,
        'a round that is credited was paid',
        () => `round ${name(after)}`,
      );
    if (after.status === 'REJECTED')
      this.#check(!account.stakeHeld, 'a round that was refused took nothing', () => `round ${name(after)}`);
    if (after.status === 'FAILED')
      this.#check(!account.stakeAsked, 'a round fails before its stake', () => `round ${name(after)}`);
    if (after.status === 'VOIDED')
      this.#check(account.rollbackReached, 'a voided round was rolled back', () => `round ${name(after)}`);
    const log = this.#logs.get(logOf(after));
    if (log) log[after.number - 1] = after;
  }

  reached(
    call: 'debit' | 'credit' | 'betWin' | 'rollback',
    { roundId, transactionId, playerId }: WalletTransaction,
  ): void {
    if (isVictim(playerId)) return;
    const account = this.accounts.get(roundId);
    this.#check(
      account !== undefined,
      'no money moves before the round is on record',
      () => `${call} ${transactionId}`,
    );
    if (!account) return;
    const { round } = account;
    const voided = round.status === 'VOIDING' || round.status === 'VOIDED';
    if (call === 'debit' || call === 'betWin') {
      account.stakeAsked = true;
      this.#check(round.status !== 'FAILED', 'a round fails before its stake', () => `round ${name(round)}`);
    }
    if (call === 'rollback') {
      account.rollbackReached = true;
      this.#check(
        voided,
        'a stake is given back only after the round is voided in writing',
        () => `round ${name(round)} is ${round.status}`,
      );
    }
    if (call === 'credit')
      this.#check(
        'outcome' in round,
        'a win is paid only after the round is committed',
        () => `round ${name(round)} is ${round.status}`,
      );
  }

  mismatch({ transactionId, playerId }: WalletTransaction): void {
    if (!isVictim(playerId)) this.#fail('the same transaction is always the same movement', transactionId);
  }

  moves(movement: 'debit' | 'credit' | 'betWin' | 'return', entry: Entry): void {
    const { transaction, winMinor } = entry;
    if (isVictim(transaction.playerId)) return this.rules.forged.moves(movement, entry);
    const account = this.#account(transaction.roundId);
    if (!account) return;
    const { round } = account;
    const where = () => `round ${name(round)}`;
    if (movement === 'return') {
      account.stakeHeld = false;
      return;
    }
    this.#check(
      transaction.playerId === round.log.playerId && transaction.currency === round.currency,
      "money moves on the round's own account",
      where,
    );
    if (movement === 'credit') return this.#credited(account, transaction);
    account.stakes.add(transaction.transactionId);
    account.stakeHeld = true;
    this.#check(account.stakes.size === 1, 'a stake is taken once', where);
    this.#check(transaction.amountMinor === round.stakeMinor, 'what is taken is the stake', where);
    this.#check(
      (movement === 'betWin') === (round.walletCalls === 'bet-win'),
      'a wallet is called the way that it wants',
      where,
    );
    const expected = movement === 'betWin' ? outcomeOf(round).winMinor : 0n;
    this.#check(winMinor === expected, 'the win that is paid is the one that the engine decided', where);
  }

  #credited(account: Account, transaction: WalletTransaction): void {
    const { round } = account;
    account.credits.add(transaction.transactionId);
    this.lastCreditAtMs.set(round.log.operatorId, this.#nowMs());
    this.#check(account.credits.size === 1, 'a win is paid once', () => `round ${name(round)}`);
    const winMinor = 'outcome' in round ? round.outcome.winMinor : -1n;
    this.#check(
      transaction.amountMinor === winMinor,
      'what is paid is the win',
      () => `round ${name(round)}`,
    );
  }

  /** A round may expire from now on. */
  letGo(round: Round): void {
    if (!isVictim(round.log.playerId))
      this.rules.records.letGo(round, this.#logs.get(logOf(round))?.length ?? 0);
  }

  /** Rounds that still owe something to somebody. */
  unfinished(): readonly Round[] {
    return [...this.accounts.values()].flatMap(({ round }) => (isOver(round) ? [] : round));
  }

  /** When nothing is left to happen. @param parked has the records of the stream that were parked */
  closing(
    balanceOf: (operatorId: string, walletId: string, playerId: string) => bigint,
    depositedOf: ReadonlyMap<string, bigint>,
    parked: readonly string[],
  ): void {
    this.rules.forged.closing(parked);
    const expected = new Map(depositedOf);
    for (const { round, stakeHeld, credits } of this.accounts.values()) {
      const committed = 'outcome' in round;
      const winMinor = committed ? round.outcome.winMinor : 0n;
      this.#check(
        isOver(round),
        'every round comes to its end',
        () => `round ${name(round)} is ${round.status}`,
      );
      const where = () => `round ${name(round)} is ${round.status}`;
      this.#check(
        stakeHeld === (committed && round.stakeMinor > 0n),
        'a stake is kept where the round is committed, and only there',
        where,
      );
      const bySeparateCredit = winMinor > 0n && round.walletCalls === 'debit-credit';
      this.#check(credits.size === (bySeparateCredit ? 1 : 0), 'every win is paid, once', where);
      this.rules.closing(round);
      const player = `${round.log.operatorId}#${round.walletId}#${round.log.playerId}`;
      if (committed) expected.set(player, (expected.get(player) ?? 0n) + winMinor - round.stakeMinor);
    }
    for (const [player, expectedMinor] of expected) {
      const [operatorId = '', walletId = '', playerId = ''] = player.split('#');
      const heldMinor = balanceOf(operatorId, walletId, playerId);
      this.#check(
        heldMinor === expectedMinor,
        "a player's balance is what was paid in and what the rounds say",
        () => `${player} has ${heldMinor}, should have ${expectedMinor}`,
      );
    }
  }

  #appended(write: Write): void {
    const round = write.after;
    const log = this.#logs.get(logOf(round)) ?? [];
    const previous = log.at(-1);
    this.rules.appended(previous, write);
    this.#check(
      round.number === log.length + 1,
      'rounds are numbered without gaps',
      () => `round ${name(round)}`,
    );
    this.#check(
      !previous || !['INTENT', 'VOIDING'].includes(previous.status),
      'no round starts while another is in doubt',
      () => `round ${name(round)}`,
    );
    this.#check(
      sameBytes(stateOf(round), expectedState(round, previous)),
      'a round starts from the state that the one before it led to',
      () => `round ${name(round)}`,
    );
    this.#check(
      !playsLeftVersion(log, round),
      'a version that a log has left is not played again',
      () => `round ${name(round)}`,
    );
    const key = `${logOf(round)}/${Buffer.from(round.idempotency.keyHash).toString('hex')}`;
    this.#check(!this.#keys.has(key), 'a request is one round', () => `round ${name(round)}`);
    this.#check(
      this.rules.closures.knows(round.sessionId),
      'a round has a session',
      () => `round ${name(round)}`,
    );
    // A round without a stake has its outcome in its first write.
    if ('outcome' in round) this.#checkOutcome(undefined, round);
    this.#keys.add(key);
    log.push(round);
    this.#logs.set(logOf(round), log);
    this.accounts.set(round.roundId, {
      round,
      stakes: new Set(),
      credits: new Set(),
      stakeHeld: false,
      stakeAsked: false,
      rollbackReached: false,
      previous,
    });
  }

  #checkOutcome(before: Round | undefined, after: Extract<Round, { outcome: unknown }>): void {
    if (before && 'outcome' in before) {
      const kept = JSON.stringify(before.outcome, plain) === JSON.stringify(after.outcome, plain);
      return this.#check(kept, 'an outcome never changes', () => `round ${name(after)}`);
    }
    const expected = outcomeOf(after);
    const { winMinor, view, sealedStateAfter, bonusActive } = after.outcome;
    const state = unsealed(sealedStateAfter, contextOf(after, 'end'));
    const same =
      winMinor === expected.winMinor &&
      view === expected.view &&
      bonusActive === expected.bonusActive &&
      sameBytes(state, expected.state);
    this.#check(same, 'an outcome follows from the seed and the state', () => `round ${name(after)}`);
  }

  #account(roundId: string): Account | undefined {
    const account = this.accounts.get(roundId);
    if (!account) this.#fail('no money moves before the round is on record', roundId);
    return account;
  }

  #check(holds: boolean, rule: string, detail: () => string): void {
    if (!holds) this.#fail(rule, detail());
  }

  #fail(rule: string, detail: string): void {
    this.#report(new Violation(rule, detail));
  }
}
