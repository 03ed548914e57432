import { AccessError } from '../foundation/errors.ts';

/**
 * How an operator's wallet is told of a paid round: the stake first and the win after the commit, or both in one
 * atomic call. A bonus action has no stake, so its win is a credit at either.
 */
export const walletCallStyles = ['debit-credit', 'bet-win'] as const;
export type WalletCalls = (typeof walletCallStyles)[number];

/** An operator and how to reach its wallet. The wallet's key is a secret: only its name is here. */
export interface Operator {
  readonly operatorId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly walletUrl: string;
  /** Name of the secret that holds the HMAC key shared with the wallet. */
  readonly walletSecretName: string;
  readonly walletCalls: WalletCalls;
}

/** @throws AccessError OPERATOR_DISABLED */
export function assertEnabled({ enabled }: Operator): void {
  if (!enabled) throw new AccessError('OPERATOR_DISABLED', 'Gaming is disabled for this operator');
}
