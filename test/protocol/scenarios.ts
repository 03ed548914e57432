import type { Mistake } from './mistakes.ts';
import { walletKinds } from './model-wallet.ts';
import type { Scenario } from './table.ts';

/** Fewer things happen at once here. Where more can happen, that keeps the states to a number that can be visited. */
const few = { mostLate: 1, mostRequests: 1 };

const ofEachWallet: readonly Scenario[] = Object.entries(walletKinds).flatMap(([wallet, kind]) =>
  [true, false].map((wins) => ({
    wallet,
    wins,
    mistake: undefined,
    ...(kind.checksFundsFirst ? few : {}),
  })),
);

const forgetful = { wallet: 'forgets the rollback of an unknown debit', wins: true };
/** A mistake that needs no message to be late shows sooner where none is. */
const prompt = { ...forgetful, mostLate: 0, mostRequests: 1 };

const changing = { ...forgetful, ...few, changesWallet: true };

/** The code has no mistake in these, and has to hold. */
export const scenarios: readonly Scenario[] = [
  ...ofEachWallet,
  { ...changing, mistake: undefined },
  { ...changing, wallet: 'takes stake and win in one call', mistake: undefined },
];

const shownBy: Readonly<Record<Mistake, Omit<Scenario, 'mistake'>>> = {
  'credit-before-commit': forgetful,
  'void-without-a-fence': prompt,
  'no-second-rollback': forgetful,
  'random-transaction-ids': forgetful,
  'refused-credit-taken-for-paid': prompt,
  'lost-epoch-ignored': prompt,
  'want-of-funds-taken-for-clean': { wallet: 'checks the funds first', wins: true },
  'settled-at-the-current-wallet': changing,
};

/** Each mistake has to be found in its scenario. */
export const planted: readonly (Scenario & { readonly mistake: Mistake })[] = Object.entries(shownBy).map(
  ([mistake, scenario]) => ({ ...scenario, mistake: mistake as Mistake }),
);

export function circumstancesOf({ wallet, changesWallet }: Scenario): string {
  return `a wallet that ${wallet}${changesWallet ? ', which the operator leaves in mid-round' : ''}`;
}
