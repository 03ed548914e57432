import { AccessError, DependencyError } from '../foundation/errors.ts';
import type { OperatorId, WalletId } from '../foundation/ids.ts';

/**
 * The wallet calls for a paid round come in one of two styles. Either the debit comes first and the credit after the
 * commit, or one atomic call does both. A bonus action has no stake, so its win is a credit in both styles.
 */
export const walletCallStyles = ['debit-credit', 'bet-win'] as const;
export type WalletCalls = (typeof walletCallStyles)[number];

/**
 * One wallet keeps one set of books. Its address and its key may be replaced in place. Other books are another wallet,
 * with an id of its own, because a round is settled where it was debited.
 */
export interface OperatorWallet {
  readonly walletId: WalletId;
  readonly walletUrl: string;
  /** Names the secret that holds the HMAC key shared with the wallet. The key itself is not here. */
  readonly walletSecretName: string;
  readonly walletCalls: WalletCalls;
}

/** Describes an operator and how to reach its wallets. */
export interface Operator {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly enabled: boolean;
  /** A wallet is never removed, because rounds may name it. */
  readonly wallets: readonly OperatorWallet[];
  /** Names the current wallet. New rounds are debited there. */
  readonly walletId: WalletId;
}

/** Gives the wallet at which new rounds are debited. */
export function currentWallet(operator: Operator): OperatorWallet {
  return walletOf(operator, operator.walletId);
}

/**
 * Gives a wallet of the operator by its id. A process remembers an operator for some seconds, so it may not know the
 * newest wallet yet.
 * @throws DependencyError SERVICE_UNAVAILABLE where the operator has no such wallet
 */
export function walletOf({ operatorId, wallets }: Operator, walletId: WalletId): OperatorWallet {
  const wallet = wallets.find((candidate) => candidate.walletId === walletId);
  if (wallet) return wallet;
  throw new DependencyError(
    'SERVICE_UNAVAILABLE',
    `No wallet ${walletId} of ${operatorId} is known here so far`,
  );
}

/** @throws AccessError OPERATOR_DISABLED */
export function assertEnabled({ enabled }: Operator): void {
  if (!enabled) throw new AccessError('OPERATOR_DISABLED', 'Gaming is disabled for this operator');
}
