import { accountedRound, isUnfinished } from '../rounds/accounted-round.ts';
import { RequestError } from '../foundation/errors.ts';
import { GameCode, type OperatorId, PlayerId, RoundId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import { type Difference, unknownRound } from './reconciliation.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import { type CurrencyTotals, totalsOf } from './reconciliation-totals.ts';
import type { ArchivedRounds } from '../archive/archived-rounds.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Ledger } from '../rounds/ledger.ts';
import type { WalletBooks } from '../wallets/wallet-books.ts';
import { CLOCK_MARGIN_MS, compare, doubtful, pagesOf } from './compare-with-books.ts';
import { type WorkLimits, Workload } from '../foundation/workload.ts';

export interface ReconciliationPorts {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'find' | 'get' | 'list' | 'unfinished'>;
  readonly archive: ArchivedRounds;
  readonly books: WalletBooks;
}

export interface ReconciliationSettings {
  /** The ledger keeps rounds that have ended for this long. */
  readonly hotRetentionMs: number;
  readonly limits: WorkLimits;
}

export interface ReconciliationRequest {
  readonly operator: Operator;
  readonly fromMs: number;
  /** This end is exclusive. */
  readonly toMs: number;
}

export interface Reconciliation extends Omit<ReconciliationRequest, 'operator'> {
  readonly operatorId: OperatorId;
  readonly asOfMs: number;
  /** It is true where the period has hardly ended, so that rounds of it may not be in the archive yet. */
  readonly provisional: boolean;
  /** It is true where the wallet offers its list. Without the list nothing could be compared. */
  readonly compared: boolean;
  /** Counts rounds that are being played or recovered as they should. */
  readonly inProgress: number;
  /** Rounds count by when they ended, and transactions by the wallet's clock. One round may count in two periods. */
  readonly totals: readonly CurrencyTotals[];
  /** Lists the differences of rounds that ended in the period, and of rounds with a transaction in it. */
  readonly differences: readonly Difference[];
}

const DAY_MS = 86_400_000;
/** A round that has been unfinished for less time is not reported. Alarms on unpaid wins wait as long. */
export const RECOVERY_TIME_MS = 5 * 60_000;
/** So many files of the archive are read at once. */
const FILES_AT_ONCE = 16;
/** So many rounds of a log are read, where the index that finds rounds by id is behind. */
const NEWEST_ROUNDS = 20;

/**
 * Compares the rounds of a period with the wallet's books. The part of the books in the period alone shows no
 * difference. Whatever does not fit, or may continue elsewhere, is first looked up on both sides. It therefore does not
 * matter where a period is cut.
 * @throws RequestError INVALID_REQUEST, PERIOD_TOO_LARGE, PERIOD_TOO_OLD; DependencyError WALLET_UNAVAILABLE,
 * WALLET_LIST_UNREADABLE, SERVICE_UNAVAILABLE; FaultError CORRUPT_RECORD
 */
export async function reconcile(
  ports: ReconciliationPorts,
  settings: ReconciliationSettings,
  request: ReconciliationRequest,
): Promise<Reconciliation> {
  const { operator, fromMs, toMs } = request;
  const asOfMs = ports.clock.nowMs();
  checkPeriod(request, settings, asOfMs);
  const work = new Workload(settings.limits, ports.clock);
  const ended = await endedRounds(ports.archive, request, work);
  const listed = await listedIn(ports.books, request, work);
  const booked = listed?.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const known = new Map(ended);
  for (const round of booked ? await roundsOf(ports.ledger, operator, booked, ended, work) : []) {
    known.set(round.roundId, round);
    const endedHere = round.updatedAtMs >= fromMs && round.updatedAtMs < toMs;
    if (endedHere && !isUnfinished(round)) ended.set(round.roundId, round);
  }
  const inProgress = (round: AccountedRound) =>
    isUnfinished(round) && asOfMs - round.updatedAtMs < RECOVERY_TIME_MS;
  const settled = [...known.values()].filter((round) => !inProgress(round));
  return {
    operatorId: operator.operatorId,
    fromMs,
    toMs,
    asOfMs,
    provisional: asOfMs - toMs < RECOVERY_TIME_MS,
    compared: listed !== undefined,
    inProgress: known.size - settled.length,
    totals: totalsOf([...ended.values()], booked),
    differences: [
      ...(booked ?? []).filter(({ roundId }) => !known.has(roundId)).map(unknownRound),
      ...(listed ? await compare(ports.books, operator, doubtful(settled, listed, request), work) : []),
    ],
  };
}

function checkPeriod(
  { fromMs, toMs }: ReconciliationRequest,
  { hotRetentionMs }: ReconciliationSettings,
  nowMs: number,
): void {
  if (toMs <= fromMs) throw new RequestError('INVALID_REQUEST', 'The period ends before it begins');
  if (toMs - fromMs > DAY_MS) {
    throw new RequestError('PERIOD_TOO_LARGE', 'The period has more than 24 hours; ask for a shorter one');
  }
  // A day less than the ledger keeps rounds is allowed, for transactions that come after their round has ended.
  if (fromMs < nowMs - hotRetentionMs + DAY_MS) {
    throw new RequestError('PERIOD_TOO_OLD', 'The ledger may no longer have all rounds of that period');
  }
}

async function endedRounds(
  archive: ArchivedRounds,
  { operator, fromMs, toMs }: ReconciliationRequest,
  work: Workload,
): Promise<Map<string, AccountedRound>> {
  const rounds = new Map<string, AccountedRound>();
  const { operatorId } = operator;
  for await (const files of archive.files({ operatorId, fromMs, toMs })) {
    // A part of the list without a file is work as well.
    work.spend('files', 1 + files.length);
    for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
      const group = files.slice(from, from + FILES_AT_ONCE);
      const read = (await Promise.all(group.map((file) => archive.read(file)))).flat();
      work.spend('rounds', read.length);
      for (const round of read) {
        if (round.updatedAtMs >= fromMs && round.updatedAtMs < toMs) rounds.set(round.roundId, round);
      }
    }
  }
  return rounds;
}

/** The selection has a margin on either side, so that most rounds at the edges need no look-up. */
function listedIn(
  books: WalletBooks,
  { operator, fromMs, toMs }: ReconciliationRequest,
  work: Workload,
): Promise<BookedTransaction[] | undefined> {
  const selection = { fromMs: fromMs - CLOCK_MARGIN_MS, toMs: toMs + CLOCK_MARGIN_MS };
  return pagesOf(books, operator, selection, work);
}

/** Reads from the ledger the rounds that transactions name, except those that are at hand. */
async function roundsOf(
  ledger: ReconciliationPorts['ledger'],
  operator: Operator,
  booked: readonly BookedTransaction[],
  atHand: ReadonlyMap<string, AccountedRound>,
  work: Workload,
): Promise<AccountedRound[]> {
  const others = new Map(booked.map((transaction) => [transaction.roundId, transaction]));
  for (const roundId of atHand.keys()) others.delete(roundId);
  const found = await work.lookUp([...others.values()], (transaction) =>
    findRound(ledger, operator, transaction),
  );
  return found.filter((round) => round !== undefined);
}

async function findRound(
  ledger: ReconciliationPorts['ledger'],
  { operatorId }: Operator,
  transaction: BookedTransaction,
): Promise<AccountedRound | undefined> {
  const roundId = RoundId.safeParse(transaction.roundId).data;
  if (roundId === undefined) return undefined;
  const found = await ledger.find(roundId);
  if (found) return found.log.operatorId === operatorId ? accountedRound(found) : undefined;
  const playerId = PlayerId.safeParse(transaction.playerId).data;
  const gameCode = GameCode.safeParse(transaction.gameCode).data;
  if (playerId === undefined || gameCode === undefined) return undefined;
  // The index may not know the newest rounds yet, and the log itself does.
  const newest = await ledger.list({ operatorId, playerId, gameCode }, { limit: NEWEST_ROUNDS });
  const round = newest.find((candidate) => candidate.roundId === roundId);
  return round && accountedRound(round);
}
