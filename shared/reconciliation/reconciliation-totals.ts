import { type MinorAmount, minus, NOTHING, plus } from '../money/money.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';

/** The totals that the game server has on record for rounds that have ended. */
export interface RoundTotals {
  readonly rounds: number;
  /** Sums up the stakes of rounds with an outcome. */
  readonly stakesMinor: MinorAmount;
  readonly winsMinor: MinorAmount;
  /** Sums up the stakes of voided rounds, whether or not they had been debited. */
  readonly voidedMinor: MinorAmount;
}

/** The totals that the wallet has on its books. */
export interface BookTotals {
  readonly transactions: number;
  /** Sums up the stakes that were debited, also by bet-wins. */
  readonly debitsMinor: MinorAmount;
  /** Sums up the wins that were credited, also by bet-wins. */
  readonly creditsMinor: MinorAmount;
  /** Sums up what rollbacks returned. A bet-win counts with its stake less its win. */
  readonly rollbacksMinor: MinorAmount;
}

export interface CurrencyTotals {
  readonly currency: string;
  readonly rgs: RoundTotals;
  /** It is undefined where the wallet offers no list. */
  readonly wallet: BookTotals | undefined;
}

/** Computes what the operator has kept, by the game server's record. */
export function roundNetMinor({ stakesMinor, winsMinor }: RoundTotals): MinorAmount {
  return minus(stakesMinor, winsMinor);
}

/** Computes what the operator has kept, by the wallet's books. */
export function bookNetMinor({ debitsMinor, creditsMinor, rollbacksMinor }: BookTotals): MinorAmount {
  return minus(minus(debitsMinor, creditsMinor), rollbacksMinor);
}

/** Adds up both sides by currency, in the order of the codes. */
export function totalsOf(
  rounds: readonly AccountedRound[],
  booked: readonly BookedTransaction[] | undefined,
): CurrencyTotals[] {
  const roundsIn = Map.groupBy(rounds, ({ currency }) => currency);
  const bookedIn = Map.groupBy(booked ?? [], ({ currency }) => currency);
  return [...new Set([...roundsIn.keys(), ...bookedIn.keys()])].sort().map((currency) => ({
    currency,
    rgs: roundTotals(roundsIn.get(currency) ?? []),
    wallet: booked && bookTotals(bookedIn.get(currency) ?? []),
  }));
}

/** Adds up periods that follow each other. */
export function addTotals(periods: readonly (readonly CurrencyTotals[])[]): CurrencyTotals[] {
  const sums = new Map<string, CurrencyTotals>();
  for (const totals of periods.flat()) {
    const sum = sums.get(totals.currency);
    sums.set(totals.currency, sum ? addBoth(sum, totals) : totals);
  }
  return [...sums.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

function addBoth(one: CurrencyTotals, other: CurrencyTotals): CurrencyTotals {
  return {
    currency: one.currency,
    rgs: {
      rounds: one.rgs.rounds + other.rgs.rounds,
      stakesMinor: plus(one.rgs.stakesMinor, other.rgs.stakesMinor),
      winsMinor: plus(one.rgs.winsMinor, other.rgs.winsMinor),
      voidedMinor: plus(one.rgs.voidedMinor, other.rgs.voidedMinor),
    },
    wallet: one.wallet &&
      other.wallet && {
        transactions: one.wallet.transactions + other.wallet.transactions,
        debitsMinor: plus(one.wallet.debitsMinor, other.wallet.debitsMinor),
        creditsMinor: plus(one.wallet.creditsMinor, other.wallet.creditsMinor),
        rollbacksMinor: plus(one.wallet.rollbacksMinor, other.wallet.rollbacksMinor),
      },
  };
}

function roundTotals(rounds: readonly AccountedRound[]): RoundTotals {
  const played = rounds.filter(({ status }) => status === 'COMMITTED' || status === 'CREDITED');
  const voided = rounds.filter(({ status }) => status === 'VOIDED');
  return {
    rounds: rounds.length,
    stakesMinor: sum(played.map(({ stake }) => stake?.amountMinor)),
    winsMinor: sum(played.map(({ win }) => win?.amountMinor)),
    voidedMinor: sum(voided.map(({ stake }) => stake?.amountMinor)),
  };
}

function bookTotals(booked: readonly BookedTransaction[]): BookTotals {
  const of = (kind: BookedTransaction['kind']) => booked.filter((one) => one.kind === kind);
  const amounts = (kind: BookedTransaction['kind']) => sum(of(kind).map(({ amountMinor }) => amountMinor));
  const wins = (kind: BookedTransaction['kind']) => sum(of(kind).map(({ winMinor }) => winMinor));
  return {
    transactions: booked.length,
    debitsMinor: plus(amounts('debit'), amounts('bet-win')),
    creditsMinor: plus(amounts('credit'), wins('bet-win')),
    rollbacksMinor: minus(amounts('rollback'), wins('rollback')),
  };
}

function sum(amounts: readonly (MinorAmount | undefined)[]): MinorAmount {
  return amounts.reduce<MinorAmount>((total, amount) => plus(total, amount ?? NOTHING), NOTHING);
}
