import { isUnfinished } from '../rounds/accounted-round.ts';
import { DependencyError, RequestError } from '../foundation/errors.ts';
import type { OperatorId, WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import { asBookedAt, type Difference, unknownRound } from './reconciliation.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import { addTotals, type CurrencyTotals, totalsOf } from './reconciliation-totals.ts';
import type { ArchivedRounds } from '../archive/archived-rounds.ts';
import { checkRecords, type LogEnds } from './check-records.ts';
import type { Finding } from './findings.ts';
import { readArchive } from './read-archive.ts';
import { roundsNamedBy } from './rounds-named-by.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Ledger, RoundPages } from '../rounds/ledger.ts';
import type { WalletBooks } from '../wallets/wallet-books.ts';
import { compareWithLedger } from './compare-with-ledger.ts';
import { CLOCK_MARGIN_MS, compare, doubtful, pagesOf } from './compare-with-books.ts';
import { type WorkLimits, Workload } from '../foundation/workload.ts';

export interface ReconciliationPorts {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'find' | 'get' | 'unfinished'>;
  readonly pages: RoundPages;
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
  /** It is true where each wallet with rounds, and the current one, offers its list. Without it nothing is compared. */
  readonly compared: boolean;
  /** Counts rounds that are being played or recovered as they should. */
  readonly inProgress: number;
  /** Final rounds count by when they began, and transactions by the wallet's clock. One round may count in two periods. */
  readonly totals: readonly CurrencyTotals[];
  /** Lists the differences of final rounds that began in the period, and of rounds with a transaction in it. */
  readonly differences: readonly Difference[];
  /** Lists what is wrong with the records of the period themselves. */
  readonly findings: readonly Finding[];
}

const DAY_MS = 86_400_000;
/** A round that has been unfinished for less time is not reported. Alarms on unpaid wins wait as long. */
export const RECOVERY_TIME_MS = 5 * 60_000;

/**
 * Compares the rounds of a period with the books of the wallets that they name. The part of the books in the period alone
 * shows no difference. Whatever does not fit, or may continue elsewhere, is first looked up on both sides. It therefore
 * does not matter where a period is cut. The archive's records are checked against each other and against the ledger, too.
 * @param ends has the ends of logs as the period before left them, and gets those of this period
 * @throws RequestError INVALID_REQUEST, PERIOD_TOO_LARGE, PERIOD_TOO_OLD; DependencyError WALLET_UNAVAILABLE,
 * WALLET_LIST_UNREADABLE, SERVICE_UNAVAILABLE; FaultError CORRUPT_RECORD
 */
export async function reconcile(
  ports: ReconciliationPorts,
  settings: ReconciliationSettings,
  request: ReconciliationRequest,
  ends: LogEnds = new Map(),
): Promise<Reconciliation> {
  const { operator, fromMs, toMs } = request;
  const asOfMs = ports.clock.nowMs();
  checkPeriod(request, settings, asOfMs);
  const work = new Workload(settings.limits, ports.clock);
  const { operatorId } = operator;
  const lines = await readArchive(ports.archive, { operatorId, fromMs, toMs }, work);
  const records = await checkRecords(ports.ledger, lines, {
    operatorId,
    fromMs,
    toMs,
    ends,
    work,
    archivedUntilMs: asOfMs - RECOVERY_TIME_MS,
  });
  const stored = await compareWithLedger(ports.pages, operatorId, lines, work);
  const begun: Map<string, AccountedRound> = lines.rounds;
  for (const round of records.unarchived) begun.set(round.roundId, round);
  const named = [...begun.values()].map(({ walletId }) => walletId);
  const parts: WalletPart[] = [];
  for (const walletId of new Set([...operator.wallets.map((wallet) => wallet.walletId), ...named])) {
    parts.push(await reconcileWallet(ports, request, walletId, { begun, asOfMs, work }));
  }
  return {
    operatorId,
    fromMs,
    toMs,
    asOfMs,
    provisional: asOfMs - toMs < RECOVERY_TIME_MS,
    compared: parts.every(({ compared }) => compared),
    inProgress: parts.reduce((sum, { inProgress }) => sum + inProgress, 0),
    totals: addTotals(parts.map(({ totals }) => totals)),
    differences: parts.flatMap(({ differences }) => differences),
    findings: [...records.findings, ...stored, ...parts.flatMap(({ findings }) => findings)],
  };
}

type WalletPart = Pick<Reconciliation, 'compared' | 'inProgress' | 'totals' | 'differences' | 'findings'>;

interface Progress {
  /** These rounds of the period, of all wallets, are in the archive or were missed there. */
  readonly begun: ReadonlyMap<string, AccountedRound>;
  readonly asOfMs: number;
  readonly work: Workload;
}

/** Compares the books of one wallet with its rounds, and with those of other wallets that its books name. */
async function reconcileWallet(
  ports: ReconciliationPorts,
  request: ReconciliationRequest,
  walletId: WalletId,
  { begun, asOfMs, work }: Progress,
): Promise<WalletPart> {
  const { operator, fromMs, toMs } = request;
  const isWithin = (atMs: number) => atMs >= fromMs && atMs < toMs;
  const own = [...begun.values()].filter((round) => round.walletId === walletId);
  const isNeeded = own.length > 0 || walletId === operator.walletId;
  const listed = await listedIn(ports.books, request, walletId, work, isNeeded);
  const booked = listed?.filter(({ atMs }) => isWithin(atMs));
  const named = await roundsNamedBy(booked ?? [], { ledger: ports.ledger, operator, atHand: begun, work });
  const known = new Map([...own, ...named.rounds].map((round) => [round.roundId as string, round]));
  const isOwn = (round: AccountedRound) => round.walletId === walletId;
  const inProgress = (round: AccountedRound) =>
    isUnfinished(round) && asOfMs - round.updatedAtMs < RECOVERY_TIME_MS;
  const rounds = [...known.values()];
  const settled = rounds.filter((round) => !inProgress(round)).map((round) => asBookedAt(walletId, round));
  const beganHere = rounds.filter(
    (round) => isOwn(round) && isWithin(round.startedAtMs) && !isUnfinished(round),
  );
  return {
    compared: listed !== undefined || !isNeeded,
    inProgress: rounds.filter((round) => isOwn(round) && inProgress(round)).length,
    totals: totalsOf(beganHere, booked),
    differences: [
      ...(booked ?? [])
        .filter(({ roundId }) => !known.has(roundId) && !named.unreadable.has(roundId))
        .map((transaction) => unknownRound(transaction, walletId)),
      ...(listed ? await compare(ports.books, operator, doubtful(settled, listed, request), work) : []),
    ],
    findings: [...named.unreadable.values()],
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
  // A round of the period ended no earlier than it began, so the ledger still has it. The day that is left over is for
  // transactions that come after their round has ended.
  if (fromMs < nowMs - hotRetentionMs + DAY_MS) {
    throw new RequestError('PERIOD_TOO_OLD', 'The ledger may no longer have all rounds of that period');
  }
}

/**
 * The selection has a margin on either side, so that most rounds at the edges need no look-up. An earlier wallet without a
 * round in the period may have been switched off since, so it is passed over where it does not answer.
 */
async function listedIn(
  books: WalletBooks,
  { operator, fromMs, toMs }: ReconciliationRequest,
  walletId: WalletId,
  work: Workload,
  isNeeded: boolean,
): Promise<BookedTransaction[] | undefined> {
  const selection = { fromMs: fromMs - CLOCK_MARGIN_MS, toMs: toMs + CLOCK_MARGIN_MS };
  try {
    return await pagesOf(books, operator, walletId, selection, work);
  } catch (error) {
    if (isNeeded || !(error instanceof DependencyError)) throw error;
    return undefined;
  }
}
