import type { OperatorId, WalletId } from '../foundation/ids.ts';
import { currencyOf } from '../money/currency.ts';
import { formatAmount, type MinorAmount } from '../money/money.ts';
import type { RoundStatus } from '../rounds/round.ts';
import type { Finding, FindingKind } from './findings.ts';
import type { Difference, DifferenceKind } from './reconciliation.ts';
import type { Movement } from '../wallets/wallet-books.ts';
import { bookNetMinor, type CurrencyTotals, roundNetMinor } from './reconciliation-totals.ts';
import type { Reconciliation } from './reconcile.ts';

/** A movement of money as reports show it. The amount is a decimal in the currency's units. */
interface ReportedMovement {
  transaction_id: string;
  player_id: string;
  amount: string;
  currency: string;
}

interface ReportedTotals {
  currency: string;
  rgs: { rounds: number; stakes: string; wins: string; voided: string; net: string };
  /** It is null where the wallet does not list its transactions. */
  wallet: { transactions: number; debits: string; credits: string; rollbacks: string; net: string } | null;
}

interface ReportedDifference {
  kind: DifferenceKind;
  round_id: string;
  wallet_id: WalletId;
  round_status: RoundStatus | null;
  expected: ReportedMovement | null;
  found: (ReportedMovement & { at: string }) | null;
}

interface ReportedFinding {
  kind: FindingKind;
  player_id: string;
  game_code: string;
  first_number: number;
  last_number: number;
  round_ids: string[];
  files: string[];
}

/** A reconciliation as the API and the command with `--json` show it. Times are in ISO 8601, UTC. */
export interface ReconciliationReport {
  operator_id: OperatorId;
  from: string;
  to: string;
  as_of: string;
  provisional: boolean;
  wallet_list: 'compared' | 'not-offered';
  rounds_in_progress: number;
  totals: ReportedTotals[];
  difference_counts: Partial<Record<DifferenceKind, number>>;
  differences: ReportedDifference[];
  finding_counts: Partial<Record<FindingKind, number>>;
  findings: ReportedFinding[];
}

const time = (atMs: number) => new Date(atMs).toISOString();

/** Writes a reconciliation as the API shows it. */
export function reconciliationReport(reconciliation: Reconciliation): ReconciliationReport {
  const { operatorId, fromMs, toMs, asOfMs, differences, findings } = reconciliation;
  return {
    operator_id: operatorId,
    from: time(fromMs),
    to: time(toMs),
    as_of: time(asOfMs),
    provisional: reconciliation.provisional,
    wallet_list: reconciliation.compared ? 'compared' : 'not-offered',
    rounds_in_progress: reconciliation.inProgress,
    totals: reconciliation.totals.map(totalsView),
    difference_counts: countsOf(differences),
    differences: differences.map(differenceView),
    finding_counts: countsOf(findings),
    findings: findings.map(findingView),
  };
}

function countsOf<K extends string>(items: readonly { readonly kind: K }[]): Partial<Record<K, number>> {
  const byKind = Map.groupBy(items, ({ kind }) => kind);
  return Object.fromEntries([...byKind].map(([kind, group]) => [kind, group.length])) as Partial<
    Record<K, number>
  >;
}

function findingView({ kind, log, firstNumber, lastNumber, roundIds, files }: Finding): ReportedFinding {
  return {
    kind,
    player_id: log.playerId,
    game_code: log.gameCode,
    first_number: firstNumber,
    last_number: lastNumber,
    round_ids: [...roundIds],
    files: [...files],
  };
}

function totalsView({ currency, rgs, wallet }: CurrencyTotals): ReportedTotals {
  const amount = (minor: MinorAmount) => formatAmount(minor, currencyOf(currency));
  return {
    currency,
    rgs: {
      rounds: rgs.rounds,
      stakes: amount(rgs.stakesMinor),
      wins: amount(rgs.winsMinor),
      voided: amount(rgs.voidedMinor),
      net: amount(roundNetMinor(rgs)),
    },
    wallet: wallet
      ? {
          transactions: wallet.transactions,
          debits: amount(wallet.debitsMinor),
          credits: amount(wallet.creditsMinor),
          rollbacks: amount(wallet.rollbacksMinor),
          net: amount(bookNetMinor(wallet)),
        }
      : null,
  };
}

function differenceView({
  kind,
  roundId,
  walletId,
  status,
  expected,
  found,
}: Difference): ReportedDifference {
  return {
    kind,
    round_id: roundId,
    wallet_id: walletId,
    round_status: status ?? null,
    expected: expected ? movementView(expected) : null,
    found: found ? { ...movementView(found), at: time(found.atMs) } : null,
  };
}

function movementView({ transactionId, playerId, currency, amountMinor }: Movement): ReportedMovement {
  return {
    transaction_id: transactionId,
    player_id: playerId,
    amount: formatAmount(amountMinor, currencyOf(currency)),
    currency,
  };
}
