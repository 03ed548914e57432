import type { OperatorId, WalletId } from '../../shared/foundation/ids.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { mainWallet, sampleWallet } from '../../shared/operators/operator.fixture.ts';
import type { Operator, WalletCalls } from '../../shared/operators/operator.ts';
import type { Oracle } from './oracle.ts';
import type { OperatorPlan } from './plan.ts';
import { name } from './recompute.ts';
import { type Auditor, OperatorWallet } from './wallet.ts';

const SECOND = ids.wallet('second');

type Fail = (rule: string, detail: string) => void;

/** The wallets of one operator. It has one, and may move to another while rounds are under way. */
export class OperatorWallets {
  walletId: WalletId = mainWallet;
  readonly #calls: ReadonlyMap<WalletId, WalletCalls>;
  readonly #books: ReadonlyMap<WalletId, OperatorWallet>;

  constructor({ operatorId, walletKind, walletCalls, move }: OperatorPlan, oracle: Oracle, fail: Fail) {
    this.#calls = new Map([
      [mainWallet, walletCalls],
      [SECOND, move?.walletCalls ?? walletCalls],
    ]);
    this.#books = new Map(
      [...this.#calls].map(([walletId, calls]) => [
        walletId,
        new OperatorWallet(
          walletId === SECOND && move ? move.walletKind : walletKind,
          auditorAt({ operatorId, walletId, calls }, oracle, fail),
        ),
      ]),
    );
  }

  get current(): OperatorWallet {
    return this.at(this.walletId);
  }

  at(walletId: WalletId): OperatorWallet {
    const books = this.#books.get(walletId);
    if (!books) throw new Error(`this world has no wallet ${walletId}`);
    return books;
  }

  move(): void {
    this.walletId = SECOND;
  }

  /** A player leaves the operator's site, whichever wallet the rounds are at. */
  endSession(sessionId: string): void {
    for (const books of this.#books.values()) books.endSession(sessionId);
  }

  /** Gives the wallets as the registry has them. The second wallet is there from the move on. */
  registered(): Pick<Operator, 'wallets' | 'walletId'> {
    const { walletId } = this;
    const known = [...this.#calls].filter(([id]) => id === mainWallet || id === walletId);
    const wallets = known.map(([id, walletCalls]) => sampleWallet({ walletId: id, walletCalls }));
    return { wallets, walletId };
  }
}

interface AuditedWallet {
  readonly operatorId: OperatorId;
  readonly walletId: WalletId;
  readonly calls: WalletCalls;
}

/** Tells the oracle, and checks that a round comes to the wallet that it names, with the calls of that wallet. */
function auditorAt({ operatorId, walletId, calls }: AuditedWallet, oracle: Oracle, fail: Fail): Auditor {
  return {
    reached: (call, transaction) => {
      const round = oracle.accounts.get(transaction.roundId)?.round;
      if (round && round.walletId !== walletId)
        fail(
          'a round is settled at the wallet that it names',
          `${call} of round ${name(round)} at ${walletId}`,
        );
      if ((call === 'debit' && calls === 'bet-win') || (call === 'betWin' && calls !== 'bet-win'))
        fail(
          'a wallet is called the way that it wants',
          `${call} ${transaction.transactionId} at ${walletId}`,
        );
      oracle.reached(call, transaction);
    },
    moves: (movement, entry) => oracle.moves(movement, entry),
    mismatch: (transaction) => oracle.mismatch(transaction),
    told: (playerId, balanceMinor, transaction) =>
      oracle.rules.told({
        operatorId,
        walletId,
        playerId,
        balanceMinor,
        transactionId: transaction?.transactionId,
      }),
  };
}
