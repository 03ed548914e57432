import { ids } from '../foundation/ids.fixture.ts';
import type { Operator, OperatorWallet } from './operator.ts';

export const mainWallet = ids.wallet('main');

/** Makes a wallet, `main` unless a test gives another id. */
export function sampleWallet(given: Partial<OperatorWallet> = {}): OperatorWallet {
  return {
    walletId: mainWallet,
    walletUrl: 'http://wallet.invalid',
    walletSecretName: 'wallet-key',
    walletCalls: 'debit-credit',
    ...given,
  };
}

/** Makes the demo operator with one wallet. A test gives what it is about. */
export function sampleOperator(
  wallet: Partial<OperatorWallet> = {},
  given: Partial<Omit<Operator, 'wallets' | 'walletId'>> = {},
): Operator {
  const only = sampleWallet(wallet);
  return {
    operatorId: ids.operator('demo'),
    name: 'Demo',
    enabled: true,
    wallets: [only],
    walletId: only.walletId,
    ...given,
  };
}

/** Gives an operator a further wallet, which becomes the current one. */
export function movedTo(operator: Operator, wallet: Partial<OperatorWallet>): Operator {
  const added = sampleWallet(wallet);
  return { ...operator, wallets: [...operator.wallets, added], walletId: added.walletId };
}
