import { JUDGED_AFTER_MS } from '../../shared/rounds/rollback.ts';
import type { NewRound, Round } from '../../shared/rounds/round.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import type { AppendResult, Ledger } from '../../shared/rounds/ledger.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import { creditTransaction, stakeTransaction } from '../../shared/rounds/wallet-transaction.ts';

/** Mistakes that others have made. Each is put between the real use cases and their ports. */
export const mistakes = [
  'credit-before-commit',
  'void-without-a-fence',
  'no-second-rollback',
  'random-transaction-ids',
  'refused-credit-taken-for-paid',
  'lost-epoch-ignored',
  'want-of-funds-taken-for-clean',
  'settled-at-the-current-wallet',
  'lost-append-ignored',
  'round-begun-over-a-doubt',
  'macs-not-checked',
  'changes-not-judged',
  'rolled-back-before-judged',
] as const;
export type Mistake = (typeof mistakes)[number];

/**
 * Puts the mistake into the ports.
 * @param current is the operator's wallet; a mistake of the ledger that calls a wallet calls this one
 */
export function withWallets(
  mistake: Mistake | undefined,
  current: WalletId,
  ledger: Ledger,
  walletOf: (walletId: WalletId) => Wallet,
): { readonly ledger: Ledger; readonly walletOf: (walletId: WalletId) => Wallet } {
  if (mistake === 'settled-at-the-current-wallet') return { ledger, walletOf: () => walletOf(current) };
  const changed = withMistake(mistake, { ledger, wallet: walletOf(current) });
  const other = (walletId: WalletId) => withMistake(mistake, { ledger, wallet: walletOf(walletId) }).wallet;
  return {
    ledger: changed.ledger,
    walletOf: (walletId) => (walletId === current ? changed.wallet : other(walletId)),
  };
}

function withMistake(
  mistake: Mistake | undefined,
  ports: { readonly ledger: Ledger; readonly wallet: Wallet },
): { readonly ledger: Ledger; readonly wallet: Wallet } {
  const { ledger, wallet } = ports;
  switch (mistake) {
    case 'credit-before-commit':
      return {
        wallet,
        ledger: beforeSaving(ledger, 'COMMITTED', (round) => wallet.credit(creditTransaction(round))),
      };
    case 'void-without-a-fence':
      return {
        wallet,
        ledger: beforeSaving(ledger, 'VOIDING', (round) => wallet.rollback(stakeTransaction(round))),
      };
    case 'random-transaction-ids':
      return { ledger, wallet: withFreshIds(wallet) };
    case 'refused-credit-taken-for-paid':
      return {
        ledger,
        wallet: { ...wallet, credit: async (transaction) => paidAnyway(await wallet.credit(transaction)) },
      };
    case 'lost-epoch-ignored':
      return {
        wallet,
        ledger: delegate(ledger, {
          save: async (next, present) => (await ledger.save(next, present)) ?? next,
        }),
      };
    case 'lost-append-ignored':
      return { wallet, ledger: delegate(ledger, { append: (round) => appendedAnyway(ledger, round) }) };
    case 'round-begun-over-a-doubt':
      return {
        wallet,
        ledger: delegate(ledger, { head: async (log) => takenForVoided(await ledger.head(log)) }),
      };
    case 'rolled-back-before-judged':
      return {
        wallet,
        ledger: delegate(ledger, {
          save: async (next, present) => writtenLongAgo(await ledger.save(next, present)),
        }),
      };
    case 'want-of-funds-taken-for-clean':
      return rejectingForFunds(ports);
    default:
      return ports;
  }
}

/** Whatever an earlier attempt may have done, a wallet that finds too little has taken nothing. */
function rejectingForFunds({ ledger, wallet }: { readonly ledger: Ledger; readonly wallet: Wallet }) {
  let lacksFunds = false;
  return {
    wallet: {
      ...wallet,
      debit: async (transaction: Parameters<Wallet['debit']>[0]) => {
        const reply = await wallet.debit(transaction);
        lacksFunds = reply.kind === 'refused' && reply.code === 'INSUFFICIENT_FUNDS';
        return reply;
      },
    },
    ledger: delegate(ledger, {
      save: (next, present) => {
        if (!lacksFunds || next.status !== 'VOIDING') return ledger.save(next, present);
        return ledger.save({ ...next, status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' }, present);
      },
    }),
  };
}

function beforeSaving(
  ledger: Ledger,
  status: Round['status'],
  act: (round: Round) => Promise<unknown>,
): Ledger {
  return delegate(ledger, {
    save: async (next, present) => {
      if (next.status === status) await act(next);
      return ledger.save(next, present);
    },
  });
}

function delegate(ledger: Ledger, changed: Partial<Pick<Ledger, 'head' | 'append' | 'save'>>): Ledger {
  return {
    head: (log) => ledger.head(log),
    get: (reference) => ledger.get(reference),
    find: (roundId) => ledger.find(roundId),
    append: (round) => ledger.append(round),
    save: (next, present) => ledger.save(next, present),
    isFrozen: (log) => ledger.isFrozen(log),
    markArchived: (reference) => ledger.markArchived(reference),
    expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
    unfinished: (beforeMs, part) => ledger.unfinished(beforeMs, part),
    ...changed,
  };
}

/** Plays on with its own draw, although another one is on record. */
async function appendedAnyway(ledger: Ledger, round: NewRound): Promise<AppendResult> {
  const result = await ledger.append(round);
  if (result.appended || round.stakeMinor > 0n) return result;
  return { appended: true, round: { ...result.existing, ...round } as Round };
}

function takenForVoided(newest: Round | undefined): Round | undefined {
  return newest?.status === 'INTENT' || newest?.status === 'VOIDING'
    ? { ...newest, status: 'VOIDED', reason: 'ABANDONED' }
    : newest;
}

function writtenLongAgo(round: Round | undefined): Round | undefined {
  return round && { ...round, updatedAtMs: round.updatedAtMs - JUDGED_AFTER_MS };
}

function withFreshIds(wallet: Wallet): Wallet {
  let calls = 0;
  const fresh = <T extends { readonly transactionId: string }>(transaction: T): T => {
    calls += 1;
    return { ...transaction, transactionId: `${transaction.transactionId}:${calls}` };
  };
  return {
    ...wallet,
    debit: (transaction) => wallet.debit(fresh(transaction)),
    credit: (transaction) => wallet.credit(fresh(transaction)),
    betWin: (transaction) => wallet.betWin(fresh(transaction)),
    rollback: (transaction) => wallet.rollback(fresh(transaction)),
  };
}

function paidAnyway(reply: Awaited<ReturnType<Wallet['credit']>>): Awaited<ReturnType<Wallet['credit']>> {
  return reply.kind === 'refused' ? { kind: 'acknowledged' } : reply;
}
