import type { Round } from '../../../shared/rounds/round.ts';
import { logOf, name } from '../recompute.ts';
import type { Check } from './check.ts';

/** A wallet has told this balance of a player. */
export interface ToldBalance {
  readonly operatorId: string;
  readonly walletId: string;
  readonly playerId: string;
  readonly balanceMinor: bigint;
  /** It is undefined where only the balance was asked for. */
  readonly transactionId: string | undefined;
}

interface Told {
  readonly atMs: number;
  readonly balanceMinor: bigint;
}

interface PlayAnswer {
  readonly balance?: string;
  readonly win_amount?: string;
}

/** Whatever balance a player is told, the wallet has told it, and the round has added no more than its win. */
export class ToldBalances {
  readonly #check: Check;
  /** The wallet told these balances after a stake, by its transaction. */
  readonly #afterStakes = new Map<string, Set<bigint>>();
  /** The wallet told these where only the balance was asked for, by player and wallet. */
  readonly #asked = new Map<string, Told[]>();

  constructor(check: Check) {
    this.#check = check;
  }

  told({ operatorId, walletId, playerId, balanceMinor, transactionId }: ToldBalance, atMs: number): void {
    if (transactionId === undefined) {
      const account = `${operatorId}#${walletId}#${playerId}`;
      const told = this.#asked.get(account) ?? [];
      told.push({ atMs, balanceMinor });
      this.#asked.set(account, told);
      return;
    }
    const told = this.#afterStakes.get(transactionId) ?? new Set();
    this.#afterStakes.set(transactionId, told.add(balanceMinor));
  }

  /** @param sinceMs is when the stake of the round before it was no longer in doubt */
  committed(round: Extract<Round, { outcome: unknown }>, stakes: Iterable<string>, sinceMs: number): void {
    const { outcome, stakeMinor, log, walletId } = round;
    const winIsIn = stakeMinor > 0n && round.walletCalls === 'bet-win';
    const toldMinor = outcome.balanceAfterMinor - (winIsIn ? 0n : outcome.winMinor);
    const isTold =
      stakeMinor > 0n
        ? [...stakes].some((transactionId) => this.#afterStakes.get(transactionId)?.has(toldMinor))
        : this.#wasTold(`${log.operatorId}#${walletId}#${log.playerId}`, toldMinor, sinceMs);
    this.#check(
      isTold,
      "a player's balance is told as the wallet told it",
      () => `round ${name(round)} has ${outcome.balanceAfterMinor}`,
    );
    const beforeMinor = outcome.balanceAfterMinor - outcome.winMinor + stakeMinor;
    this.#check(
      outcome.balanceBeforeMinor === (beforeMinor < 0n ? 0n : beforeMinor),
      'the balance before a round is the one after it without stake and win',
      () => `round ${name(round)} has ${outcome.balanceBeforeMinor}`,
    );
  }

  /** The player was told of a round. It has an outcome where there is something to check. */
  answered(body: string, round: Round): void {
    if (!('outcome' in round)) return;
    const { balance, win_amount } = JSON.parse(body) as PlayAnswer;
    const { balanceAfterMinor, winMinor } = round.outcome;
    this.#check(
      balance === decimal(balanceAfterMinor) && win_amount === decimal(winMinor),
      'balance and win are answered as they are on record',
      () => `round ${name(round)} of ${logOf(round)}: ${body}`,
    );
  }

  /** The player was told a balance at a launch. @param sinceMs is when it was asked for */
  launched(
    body: string,
    player: { readonly operatorId: string; readonly playerId: string },
    sinceMs: number,
  ): void {
    const { balance } = JSON.parse(body) as PlayAnswer;
    const { operatorId, playerId } = player;
    const accounts = [...this.#asked].filter(([account]) => {
      const [operator, , holder] = account.split('#');
      return operator === operatorId && holder === playerId;
    });
    const told = accounts.flatMap(([, balances]) => balances).filter(({ atMs }) => atMs >= sinceMs);
    this.#check(
      told.some(({ balanceMinor }) => balance === decimal(balanceMinor)),
      "a player's balance is told as the wallet told it",
      () => `a launch of ${playerId}: ${body}`,
    );
  }

  #wasTold(account: string, balanceMinor: bigint, sinceMs: number): boolean {
    const told = this.#asked.get(account) ?? [];
    return told.some(({ atMs, balanceMinor: at }) => atMs >= sinceMs && at === balanceMinor);
  }
}

/** Reads an amount of a currency with two decimals. It is written once more here, apart from the product. */
function decimal(minor: bigint): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
