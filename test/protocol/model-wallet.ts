import { type MinorAmount, minorAmount, minus, NOTHING, plus } from '../../shared/money/money.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import type { WalletCalls } from '../../shared/operators/operator.ts';
import type {
  BetWinTransaction,
  RollbackReply,
  WalletReply,
  WalletTransaction,
} from '../../shared/wallets/wallet.ts';

/** Wallets in the field differ in this where it matters to a round. */
export interface WalletKind {
  readonly calls: WalletCalls;
  /**
   * What it makes of the rollback of a stake that it has not seen: `poisons` remembers it and refuses that stake when it
   * arrives; the others take it then, having answered the rollback with success or with an error.
   */
  readonly unknownRollback: 'poisons' | 'succeeds' | 'is-an-error';
  /** Looks at the session before the transaction id: a stake repeated after the session's end is refused. */
  readonly checksSessionFirst: boolean;
  /** Looks at the balance before the transaction id. The player has one stake, so a stake that is repeated is refused. */
  readonly checksFundsFirst?: boolean;
}

/** The first one shows the most mistakes. */
export const walletKinds: Readonly<Record<string, WalletKind>> = {
  'forgets the rollback of an unknown debit': {
    calls: 'debit-credit',
    unknownRollback: 'succeeds',
    checksSessionFirst: false,
  },
  'keeps to the contract': {
    calls: 'debit-credit',
    unknownRollback: 'poisons',
    checksSessionFirst: false,
  },
  'answers it with an error': {
    calls: 'debit-credit',
    unknownRollback: 'is-an-error',
    checksSessionFirst: false,
  },
  'checks the session first': {
    calls: 'debit-credit',
    unknownRollback: 'poisons',
    checksSessionFirst: true,
  },
  'takes stake and win in one call': {
    calls: 'bet-win',
    unknownRollback: 'poisons',
    checksSessionFirst: false,
  },
  'takes both in one call, checks the session first and forgets': {
    calls: 'bet-win',
    unknownRollback: 'succeeds',
    checksSessionFirst: true,
  },
  'checks the funds first': {
    calls: 'debit-credit',
    unknownRollback: 'poisons',
    checksSessionFirst: false,
    checksFundsFirst: true,
  },
};

export type WalletMessage = { readonly walletId: WalletId } & (
  | { readonly call: 'debit' | 'credit' | 'rollback'; readonly transaction: WalletTransaction }
  | { readonly call: 'bet-win'; readonly transaction: BetWinTransaction }
);

type StakeState = 'taken' | 'returned' | 'poisoned' | 'refused';

/** An operator's books for one player: what every transaction id did, once. */
export class ModelWallet {
  readonly kind: WalletKind;
  sessionEnded = false;
  balanceMinor: MinorAmount;
  /** The player has spent the balance elsewhere. */
  hasSpent = false;
  /** By the id of the debit or the bet-win. */
  readonly stakes = new Map<string, StakeState>();
  /** Wins that are paid and not undone, by the id of the credit or the bet-win. */
  readonly wins = new Map<string, MinorAmount>();

  constructor(kind: WalletKind) {
    this.kind = kind;
    this.balanceMinor = minorAmount(kind.checksFundsFirst ? 100n : 1_000n);
  }

  copy(): ModelWallet {
    const wallet = new ModelWallet(this.kind);
    wallet.sessionEnded = this.sessionEnded;
    wallet.balanceMinor = this.balanceMinor;
    wallet.hasSpent = this.hasSpent;
    for (const [id, state] of this.stakes) wallet.stakes.set(id, state);
    for (const [id, winMinor] of this.wins) wallet.wins.set(id, winMinor);
    return wallet;
  }

  /** The message takes effect, whether or not anybody hears of it. */
  handle({ call, transaction }: WalletMessage): WalletReply | RollbackReply {
    switch (call) {
      case 'debit':
        return this.#stake(transaction, NOTHING);
      case 'bet-win':
        return this.#stake(transaction, transaction.winMinor);
      case 'credit':
        return this.#credit(transaction);
      case 'rollback':
        return this.#rollback(transaction);
    }
  }

  spend(): void {
    this.hasSpent = true;
    this.balanceMinor = NOTHING;
  }

  get takenStakes(): readonly string[] {
    return [...this.stakes].filter(([, state]) => state === 'taken').map(([id]) => id);
  }

  digest(): string {
    const { sessionEnded, hasSpent, balanceMinor } = this;
    return JSON.stringify([
      sessionEnded,
      hasSpent,
      String(balanceMinor),
      [...this.stakes],
      [...this.wins.keys()],
    ]);
  }

  #stake({ transactionId, amountMinor }: WalletTransaction, winMinor: MinorAmount): WalletReply {
    if (this.sessionEnded && this.kind.checksSessionFirst) return { kind: 'refused', code: 'WALLET_REFUSED' };
    if (this.kind.checksFundsFirst && this.balanceMinor < amountMinor)
      return { kind: 'refused', code: 'INSUFFICIENT_FUNDS' };
    const known = this.stakes.get(transactionId);
    if (known === 'taken') return this.#acknowledged();
    if (known !== undefined) return { kind: 'refused', code: 'WALLET_REFUSED' };
    if (this.sessionEnded) {
      this.stakes.set(transactionId, 'refused');
      return { kind: 'refused', code: 'WALLET_REFUSED' };
    }
    this.stakes.set(transactionId, 'taken');
    if (winMinor > 0n) this.wins.set(transactionId, winMinor);
    this.balanceMinor = plus(this.balanceMinor, minus(winMinor, amountMinor));
    return this.#acknowledged();
  }

  #credit({ transactionId, amountMinor }: WalletTransaction): WalletReply {
    if (!this.wins.has(transactionId)) {
      this.wins.set(transactionId, amountMinor);
      this.balanceMinor = plus(this.balanceMinor, amountMinor);
    }
    return this.#acknowledged();
  }

  #rollback({ transactionId, amountMinor }: WalletTransaction): RollbackReply {
    const known = this.stakes.get(transactionId);
    if (known === 'taken') {
      this.stakes.set(transactionId, 'returned');
      this.balanceMinor = plus(
        this.balanceMinor,
        minus(amountMinor, this.wins.get(transactionId) ?? NOTHING),
      );
      this.wins.delete(transactionId);
      return { kind: 'acknowledged' };
    }
    if (known === 'returned') return { kind: 'acknowledged' };
    const { unknownRollback } = this.kind;
    if (known === undefined && unknownRollback === 'poisons') this.stakes.set(transactionId, 'poisoned');
    return { kind: unknownRollback === 'succeeds' ? 'acknowledged' : 'not-found' };
  }

  #acknowledged(): WalletReply {
    return { kind: 'acknowledged', balanceMinor: this.balanceMinor };
  }
}
