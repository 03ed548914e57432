import type { AccountedRound, OwedMovement } from '../rounds/accounted-round.ts';
import type { BookedTransaction, Movement } from '../wallets/wallet-books.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { RoundStatus } from '../rounds/round.ts';

/** Rounds and books can differ in these ways only. docs/operations.md says what to do about each. */
export const differenceKinds = [
  'MISSING_DEBIT',
  'MISSING_CREDIT',
  'UNEXPECTED_DEBIT',
  'UNEXPECTED_CREDIT',
  'UNEXPECTED_ROLLBACK',
  'AMOUNT_MISMATCH',
  'CURRENCY_MISMATCH',
  'PLAYER_MISMATCH',
  'UNKNOWN_ROUND',
  'PENDING_CREDIT',
  'PENDING_ROLLBACK',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  readonly roundId: string;
  /** The difference is between the round and the books of this wallet. */
  readonly walletId: WalletId;
  /** It is undefined where the round is not known. */
  readonly status: RoundStatus | undefined;
  /** The round asks for this movement. */
  readonly expected: Movement | undefined;
  /** The wallet has this movement. */
  readonly found: (Movement & { readonly atMs: number }) | undefined;
}

/**
 * Compares a round with everything that its wallet has booked for it. Read the round first and the books afterwards. The
 * wallet acknowledged what a final round asks for before the round became final, so it is on the books by then.
 */
export function differencesOf(round: AccountedRound, booked: readonly BookedTransaction[]): Difference[] {
  const report: Report = (kind, expected, found) => ({
    kind,
    roundId: round.roundId,
    walletId: round.walletId,
    status: round.status,
    expected: expected && owedBy(round, expected),
    found: found && bookedAs(found),
  });
  const books = balance(booked);
  const rest =
    round.status === 'COMMITTED' || round.status === 'CREDITED'
      ? ofPlayed(round, books, report)
      : ofUnplayed(round, books, report);
  return [
    ...books.unmatchedRollbacks.map((leg) => report('UNEXPECTED_ROLLBACK', undefined, leg)),
    ...books.rolledBack.flatMap(([debited, rollback]) => rollbackMismatches(debited, rollback, report)),
    ...rest,
  ];
}

/**
 * Gives a round as the books of a wallet should have it. The books of another wallet than the round's own should have
 * nothing of it.
 */
export function asBookedAt(walletId: WalletId, round: AccountedRound): AccountedRound {
  return round.walletId === walletId ? round : { ...round, walletId, stake: undefined, win: undefined };
}

/** Reports a transaction of a round that nobody at the game server knows. */
export function unknownRound(transaction: BookedTransaction, walletId: WalletId): Difference {
  const found = bookedAs({ transaction, ...transaction });
  return {
    kind: 'UNKNOWN_ROUND',
    roundId: transaction.roundId,
    walletId,
    status: undefined,
    expected: undefined,
    found,
  };
}

type Report = (kind: DifferenceKind, expected?: OwedMovement, found?: Leg) => Difference;

/** A leg is money in one direction. A bet-win has two legs. */
interface Leg extends OwedMovement {
  readonly transaction: BookedTransaction;
}

interface Books {
  /** These stakes were debited and not rolled back. */
  readonly stakes: readonly Leg[];
  /** These wins were credited, and not taken back with the stake of the same bet-win. */
  readonly wins: readonly Leg[];
  /** Each pair is a stake and the rollback that returned it. */
  readonly rolledBack: readonly (readonly [debited: Leg, rollback: Leg])[];
  /** These rollbacks found no stake to return, and so gave money away. */
  readonly unmatchedRollbacks: readonly Leg[];
}

function balance(booked: readonly BookedTransaction[]): Books {
  const legsOf = (kinds: readonly BookedTransaction['kind'][], amount: 'amountMinor' | 'winMinor') =>
    booked
      .filter(({ kind }) => kinds.includes(kind))
      .map((transaction): Leg => {
        return { transaction, transactionId: transaction.transactionId, amountMinor: transaction[amount] };
      });
  const stakes = legsOf(['debit', 'bet-win'], 'amountMinor');
  const winsOfBetWins = legsOf(['bet-win'], 'winMinor').filter(({ amountMinor }) => amountMinor > 0n);
  let wins = [...legsOf(['credit'], 'amountMinor'), ...winsOfBetWins];
  const rolledBack: [Leg, Leg][] = [];
  const unmatchedRollbacks: Leg[] = [];
  for (const rollback of legsOf(['rollback'], 'amountMinor')) {
    const index = stakes.findIndex(({ transactionId }) => transactionId === rollback.transactionId);
    const [debited] = index < 0 ? [] : stakes.splice(index, 1);
    if (debited) {
      rolledBack.push([debited, rollback]);
      wins = wins.filter(({ transaction }) => transaction !== debited.transaction);
    } else unmatchedRollbacks.push(rollback);
  }
  return { stakes, wins, rolledBack, unmatchedRollbacks };
}

/** A rollback returns the stake that was debited. For a bet-win it also takes back the win. */
function rollbackMismatches(debited: Leg, rollback: Leg, report: Report): Difference[] {
  const winOf = (leg: Leg): Leg => ({ ...leg, amountMinor: leg.transaction.winMinor });
  const differences = mismatches(debited.transaction, debited, rollback, report);
  return debited.transaction.winMinor === rollback.transaction.winMinor
    ? differences
    : [...differences, report('AMOUNT_MISMATCH', winOf(debited), winOf(rollback))];
}

/** A round with an outcome keeps its stake, and has credited its win or owes it. */
function ofPlayed(round: AccountedRound, books: Books, report: Report): Difference[] {
  const { stake, win } = round;
  const [debited, otherDebits] = splitOwed(books.stakes, stake);
  const [credited, otherCredits] = splitOwed(books.wins, win);
  const rolledBack = books.rolledBack.find(([leg]) => leg.transactionId === stake?.transactionId);
  const rollback = debited ? undefined : rolledBack?.[1];
  const differences: Difference[] = [];
  if (debited) differences.push(...mismatches(round, stake, debited, report));
  else if (rollback) differences.push(report('UNEXPECTED_ROLLBACK', stake, rollback));
  else if (stake) differences.push(report('MISSING_DEBIT', stake));
  if (credited) differences.push(...mismatches(round, win, credited, report));
  // The rollback of a bet-win's stake also took back its win, and has been reported.
  else if (win && !(rollback && win.transactionId === stake?.transactionId)) {
    differences.push(report(round.status === 'CREDITED' ? 'MISSING_CREDIT' : 'PENDING_CREDIT', win));
  }
  return [
    ...differences,
    ...otherDebits.map((leg) => report('UNEXPECTED_DEBIT', undefined, leg)),
    ...otherCredits.map((leg) => report('UNEXPECTED_CREDIT', undefined, leg)),
  ];
}

/**
 * A round without an outcome keeps nothing and pays nothing. Before it is final, its stake is still to be rolled back.
 */
function ofUnplayed(round: AccountedRound, books: Books, report: Report): Difference[] {
  const isFinal = round.status !== 'INTENT' && round.status !== 'VOIDING';
  const [debited, otherDebits] = splitOwed(books.stakes, isFinal ? undefined : round.stake);
  // The win of a bet-win goes back with its stake.
  const credited = books.wins.filter(({ transaction }) => transaction !== debited?.transaction);
  return [
    ...(debited ? [report('PENDING_ROLLBACK', undefined, debited)] : []),
    ...otherDebits.map((leg) => report('UNEXPECTED_DEBIT', undefined, leg)),
    // An intent may be played between the reading of the round and the reading of the books.
    ...(round.status === 'INTENT' ? [] : credited.map((leg) => report('UNEXPECTED_CREDIT', undefined, leg))),
  ];
}

/** Gives the first leg with the id that is owed, and all others. */
function splitOwed(legs: readonly Leg[], owed: OwedMovement | undefined): [Leg | undefined, Leg[]] {
  const match = owed && legs.find(({ transactionId }) => transactionId === owed.transactionId);
  return [match, legs.filter((leg) => leg !== match)];
}

function mismatches(
  side: Pick<Movement, 'playerId' | 'currency'>,
  owed: OwedMovement | undefined,
  found: Leg,
  report: Report,
): Difference[] {
  const { playerId, currency } = found.transaction;
  const differences = playerId === side.playerId ? [] : [report('PLAYER_MISMATCH', owed, found)];
  if (currency !== side.currency) return [...differences, report('CURRENCY_MISMATCH', owed, found)];
  return found.amountMinor === owed?.amountMinor
    ? differences
    : [...differences, report('AMOUNT_MISMATCH', owed, found)];
}

function owedBy({ playerId, currency }: AccountedRound, owed: OwedMovement): Movement {
  return { transactionId: owed.transactionId, playerId, currency, amountMinor: owed.amountMinor };
}

function bookedAs({ transaction, transactionId, amountMinor }: Leg): Difference['found'] {
  const { playerId, currency, atMs } = transaction;
  return { transactionId, playerId, currency, amountMinor, atMs };
}
