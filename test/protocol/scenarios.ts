import type { Mistake } from './mistakes.ts';
import { walletKinds } from './model-wallet.ts';
import type { Scenario } from './scenario.ts';

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

/** One round follows another. Nothing is late, because the states of both rounds multiply. */
const following = { ...forgetful, mostLate: 0, mostRequests: 1, next: 'spin' } as const;
/** A bonus action draws its seed and is put in one write, so two handlers are at work on it. */
const ofBonus = { ...forgetful, wins: false, next: 'bonus' } as const;
/** Somebody can write the table. Nothing else is late, because each forgery is tried in every state. */
const forging = { ...forgetful, mostLate: 0, mostRequests: 1, forgeries: 1 };
const forgingLosses = { ...forging, wallet: 'checks the session first', wins: false };

/** The code has no mistake in these, and has to hold. */
export const scenarios: readonly Scenario[] = [
  ...ofEachWallet,
  { ...changing, mistake: undefined },
  { ...changing, wallet: 'takes stake and win in one call', mistake: undefined },
  { ...following, mistake: undefined },
  { ...ofBonus, mistake: undefined },
  { ...forging, forgeries: 2, mistake: undefined },
  { ...forgingLosses, forgeries: 2, mistake: undefined },
  { ...ofBonus, mostLate: 0, mostRequests: 1, forgeries: 2, mistake: undefined },
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
  'lost-append-ignored': ofBonus,
  'round-begun-over-a-doubt': following,
  'macs-not-checked': forgingLosses,
  'changes-not-judged': forgingLosses,
  'rolled-back-before-judged': forgingLosses,
};

/** Each mistake has to be found in its scenario. */
export const planted: readonly (Scenario & { readonly mistake: Mistake })[] = Object.entries(shownBy).map(
  ([mistake, scenario]) => ({ ...scenario, mistake: mistake as Mistake }),
);

export function circumstancesOf({ wallet, changesWallet, next, forgeries }: Scenario): string {
  return [
    `a wallet that ${wallet}`,
    ...(changesWallet ? ['which the operator leaves in mid-round'] : []),
    ...(next ? [`then a ${next}`] : []),
    ...(forgeries ? ['while somebody forges'] : []),
  ].join(', ');
}
