import { type MinorAmount, minus, NOTHING, plus } from '../../shared/money/money.ts';
import type { RefusalCode } from '../../shared/wallets/wallet.ts';
import type {
  BetWinTransaction,
  RollbackReply,
  WalletReply,
  WalletTransaction,
} from '../../shared/wallets/wallet.ts';

/** Wallets in the field differ like this where it matters to a round. */
export const walletKinds = [
  /**
   * Keeps to docs/wallet-api.md: an unknown rollback is remembered, and its debit refused when it arrives; a win that was spent
   * is taken back once the balance has it again. The others let the balance go below zero.
   */
  'keeps-the-contract',
  /** Forgets the rollback of a debit that it does not know, and knows no sessions: the debit, when it arrives, is taken. */
  'forgets-rollbacks',
  /** Says "done", not "not found", to the rollback of a debit that it does not know. */
  'acknowledges-any-rollback',
  /** Looks at the session before the transaction id: a debit repeated after the session's end is refused. */
  'checks-session-first',
] as const;
export type WalletKind = (typeof walletKinds)[number];

/** A wallet's books have this of one transaction id. */
export interface Entry {
  readonly transaction: WalletTransaction;
  readonly winMinor: MinorAmount;
  state: 'taken' | 'returned' | 'poisoned' | 'refused' | 'paid';
  readonly refusal?: RefusalCode;
}

/** Told of every call that reaches a wallet and of every movement, before it is made. */
export interface Auditor {
  reached(call: 'debit' | 'credit' | 'betWin' | 'rollback', transaction: WalletTransaction): void;
  moves(movement: 'debit' | 'credit' | 'betWin' | 'return', entry: Entry): void;
  mismatch(transaction: WalletTransaction): void;
  /** A balance goes out, of a transaction or because it was asked for. */
  told(playerId: string, balanceMinor: MinorAmount, transaction?: WalletTransaction): void;
}

const refused = (code: RefusalCode): WalletReply => ({ kind: 'refused', code });
const mismatched = { kind: 'unknown', reason: 'TRANSACTION_MISMATCH' } as const;

/** An operator's books. They are not part of the code under test, and what they say is what happened. */
export class OperatorWallet {
  readonly kind: WalletKind;
  readonly #auditor: Auditor;
  readonly #balances = new Map<string, MinorAmount>();
  readonly #entries = new Map<string, Entry>();
  readonly #endedSessions = new Set<string>();

  constructor(kind: WalletKind, auditor: Auditor) {
    this.kind = kind;
    this.#auditor = auditor;
  }

  balanceOf(playerId: string): MinorAmount {
    return this.#balances.get(playerId) ?? NOTHING;
  }

  /** No wallet tells a balance below zero, because nothing can be staked from it. */
  toldBalanceOf(playerId: string): MinorAmount {
    const balanceMinor = this.balanceOf(playerId);
    return balanceMinor < 0n ? NOTHING : balanceMinor;
  }

  /** As it is asked for by itself. */
  balance(playerId: string): WalletReply {
    const balanceMinor = this.toldBalanceOf(playerId);
    this.#auditor.told(playerId, balanceMinor);
    return { kind: 'acknowledged', balanceMinor };
  }

  deposit(playerId: string, amountMinor: MinorAmount): void {
    this.#balances.set(playerId, plus(this.balanceOf(playerId), amountMinor));
  }

  endSession(sessionId: string): void {
    this.#endedSessions.add(sessionId);
  }

  /** Stands for a limit or a block: a debit that was refused stays refused. */
  refuse(transaction: WalletTransaction | BetWinTransaction): WalletReply {
    if (this.#entries.has(transaction.transactionId))
      return 'winMinor' in transaction ? this.betWin(transaction) : this.debit(transaction);
    return this.#refuse(transaction, 'LIMIT_REACHED');
  }

  debit(transaction: WalletTransaction): WalletReply {
    return this.#take('debit', transaction, NOTHING);
  }

  betWin(transaction: BetWinTransaction): WalletReply {
    return this.#take('betWin', transaction, transaction.winMinor);
  }

  credit(transaction: WalletTransaction): WalletReply {
    this.#auditor.reached('credit', transaction);
    const known = this.#entries.get(transaction.transactionId);
    if (known && !sameMovement(known, transaction, NOTHING)) return this.#mismatch(transaction);
    if (!known)
      this.#move('credit', { transaction, winMinor: NOTHING, state: 'paid' }, transaction.amountMinor);
    return this.#acknowledged(transaction);
  }

  rollback(transaction: WalletTransaction): RollbackReply {
    this.#auditor.reached('rollback', transaction);
    const known = this.#entries.get(transaction.transactionId);
    const unknown = {
      kind: this.kind === 'acknowledges-any-rollback' ? 'acknowledged' : 'not-found',
    } as const;
    if (!known) {
      if (this.kind !== 'forgets-rollbacks')
        this.#entries.set(transaction.transactionId, { transaction, winMinor: NOTHING, state: 'poisoned' });
      return unknown;
    }
    if (known.state === 'poisoned' || known.state === 'refused') return unknown;
    if (known.state !== 'taken') return { kind: 'acknowledged' };
    const changeMinor = minus(known.transaction.amountMinor, known.winMinor);
    if (this.kind === 'keeps-the-contract' && this.balanceOf(transaction.playerId) + changeMinor < 0n)
      return { kind: 'unknown', reason: 'REFUSED' };
    this.#move('return', known, changeMinor);
    known.state = 'returned';
    return { kind: 'acknowledged' };
  }

  #take(movement: 'debit' | 'betWin', transaction: WalletTransaction, winMinor: MinorAmount): WalletReply {
    this.#auditor.reached(movement, transaction);
    const sessionEnded = this.kind !== 'forgets-rollbacks' && this.#endedSessions.has(transaction.sessionId);
    if (sessionEnded && this.kind === 'checks-session-first') return refused('WALLET_REFUSED');
    const known = this.#entries.get(transaction.transactionId);
    if (known?.state === 'poisoned' || known?.state === 'returned') return refused('WALLET_REFUSED');
    if (known && !sameMovement(known, transaction, winMinor)) return this.#mismatch(transaction);
    if (known?.state === 'refused') return refused(known.refusal ?? 'WALLET_REFUSED');
    if (known) return this.#acknowledged(transaction);
    if (sessionEnded) return this.#refuse(transaction, 'WALLET_REFUSED');
    if (this.balanceOf(transaction.playerId) < transaction.amountMinor)
      return this.#refuse(transaction, 'INSUFFICIENT_FUNDS');
    this.#move(movement, { transaction, winMinor, state: 'taken' }, minus(winMinor, transaction.amountMinor));
    return this.#acknowledged(transaction);
  }

  #refuse(transaction: WalletTransaction | BetWinTransaction, refusal: RefusalCode): WalletReply {
    const winMinor = 'winMinor' in transaction ? transaction.winMinor : NOTHING;
    this.#entries.set(transaction.transactionId, { transaction, winMinor, state: 'refused', refusal });
    return refused(refusal);
  }

  #mismatch(transaction: WalletTransaction): typeof mismatched {
    this.#auditor.mismatch(transaction);
    return mismatched;
  }

  #move(movement: 'debit' | 'credit' | 'betWin' | 'return', entry: Entry, changeMinor: MinorAmount): void {
    this.#auditor.moves(movement, entry);
    const { playerId, transactionId } = entry.transaction;
    this.#entries.set(transactionId, entry);
    this.#balances.set(playerId, plus(this.balanceOf(playerId), changeMinor));
  }

  #acknowledged(transaction: WalletTransaction): WalletReply {
    const { playerId } = transaction;
    const balanceMinor = this.toldBalanceOf(playerId);
    this.#auditor.told(playerId, balanceMinor, transaction);
    return { kind: 'acknowledged', balanceMinor };
  }
}

function sameMovement(entry: Entry, transaction: WalletTransaction, winMinor: MinorAmount): boolean {
  const known = entry.transaction;
  return (
    known.amountMinor === transaction.amountMinor &&
    entry.winMinor === winMinor &&
    known.currency === transaction.currency &&
    known.playerId === transaction.playerId &&
    known.roundId === transaction.roundId &&
    known.sessionId === transaction.sessionId &&
    known.gameCode === transaction.gameCode
  );
}
