import type { RollbackReply, WalletReply, WalletTransaction } from '../../shared/ports/wallet.ts';

/** How wallets in the field differ where it matters to a round. */
export type WalletKind =
  /** Remembers the rollback of a debit it has not seen, and refuses that debit when it arrives. */
  | 'poisons'
  /** Forgets such a rollback: the debit, when it arrives, is taken. */
  | 'forgets'
  /** As `poisons`, but looks at the session before the transaction id: a debit repeated after the end is refused. */
  | 'checks-session-first';

export const walletKinds: readonly WalletKind[] = ['forgets', 'poisons', 'checks-session-first'];

export type WalletMessage = {
  readonly call: 'debit' | 'credit' | 'rollback';
  readonly transaction: WalletTransaction;
};

type DebitState = 'taken' | 'returned' | 'poisoned' | 'refused';

/** An operator's books for one player: what every transaction id did, once. */
export class ModelWallet {
  readonly kind: WalletKind;
  sessionEnded = false;
  balanceMinor = 1_000n;
  readonly debits = new Map<string, DebitState>();
  readonly credits = new Set<string>();

  constructor(kind: WalletKind) {
    this.kind = kind;
  }

  /** The message takes effect, whether or not anybody hears of it. */
  handle({ call, transaction }: WalletMessage): WalletReply | RollbackReply {
    if (call === 'debit') return this.#debit(transaction);
    return call === 'credit' ? this.#credit(transaction) : this.#rollback(transaction);
  }

  get debitsTaken(): number {
    return [...this.debits.values()].filter((state) => state === 'taken').length;
  }

  digest(): string {
    return JSON.stringify([this.sessionEnded, [...this.debits], [...this.credits]]);
  }

  #debit({ transactionId, amountMinor }: WalletTransaction): WalletReply {
    if (this.sessionEnded && this.kind === 'checks-session-first')
      return { kind: 'refused', code: 'WALLET_REFUSED' };
    const known = this.debits.get(transactionId);
    if (known === 'taken') return this.#acknowledged();
    if (known !== undefined) return { kind: 'refused', code: 'WALLET_REFUSED' };
    if (this.sessionEnded) {
      this.debits.set(transactionId, 'refused');
      return { kind: 'refused', code: 'WALLET_REFUSED' };
    }
    this.debits.set(transactionId, 'taken');
    this.balanceMinor -= amountMinor;
    return this.#acknowledged();
  }

  #credit({ transactionId, amountMinor }: WalletTransaction): WalletReply {
    if (!this.credits.has(transactionId)) {
      this.credits.add(transactionId);
      this.balanceMinor += amountMinor;
    }
    return this.#acknowledged();
  }

  #rollback({ transactionId, amountMinor }: WalletTransaction): RollbackReply {
    const known = this.debits.get(transactionId);
    if (known === 'taken') {
      this.debits.set(transactionId, 'returned');
      this.balanceMinor += amountMinor;
      return { kind: 'acknowledged' };
    }
    if (known === 'returned') return { kind: 'acknowledged' };
    if (known === undefined && this.kind !== 'forgets') this.debits.set(transactionId, 'poisoned');
    return { kind: 'not-found' };
  }

  #acknowledged(): WalletReply {
    return { kind: 'acknowledged', balanceMinor: this.balanceMinor };
  }
}
