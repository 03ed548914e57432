import { AccessError } from '../foundation/errors.ts';
import type { OperatorId } from '../foundation/ids.ts';

/**
 * The wallet calls for a paid round come in one of two styles. Either the debit comes first and the credit after the
 * commit, or one atomic call does both. A bonus action has no stake, so its win is a credit in both styles.
 */
export const walletCallStyles = ['debit-credit', 'bet-win'] as const;
export type WalletCalls = (typeof walletCallStyles)[number];

/** Describes an operator and how to reach its wallet. The wallet's key is a secret, so only its name is here. */
export interface Operator {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly enabled: boolean;
  readonly walletUrl: string;
  /** Names the secret that holds the HMAC key shared with the wallet. */
  readonly walletSecretName: string;
  readonly walletCalls: WalletCalls;
}

/** @throws AccessError OPERATOR_DISABLED */
export function assertEnabled({ enabled }: Operator): void {
  if (!enabled) throw new AccessError('OPERATOR_DISABLED', 'Gaming is disabled for this operator');
}
