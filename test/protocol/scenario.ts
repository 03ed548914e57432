import type { Mistake } from './mistakes.ts';

/** One exploration visits every state of this. */
export interface Scenario {
  /** A name of `walletKinds`. */
  readonly wallet: string;
  readonly wins: boolean;
  readonly mistake: Mistake | undefined;
  /** The player also asks for another round: a spin as soon as there is one, or the action of a bonus that a played spin won. */
  readonly next?: 'spin' | 'bonus';
  /** Somebody can write the ledger's table, without the data key, and does so this often. */
  readonly forgeries?: number;
  /** The operator may change to another wallet, at any moment and once. */
  readonly changesWallet?: boolean;
  /** This many messages are late at once; two, unless it is given. */
  readonly mostLate?: number;
  /** This many handlers are at work on the same request at once; two, unless it is given. */
  readonly mostRequests?: number;
}
