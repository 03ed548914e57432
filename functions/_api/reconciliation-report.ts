import type * as z from 'zod';
import { currencyOf } from '../../shared/money/currency.ts';
import { formatAmount } from '../../shared/money/money.ts';
import type { Difference } from '../../shared/reconciliation/reconciliation.ts';
import type { Movement } from '../../shared/wallets/wallet-books.ts';
import {
  bookNetMinor,
  type CurrencyTotals,
  roundNetMinor,
} from '../../shared/reconciliation/reconciliation-totals.ts';
import type { Reconciliation } from '../../shared/reconciliation/reconcile.ts';
import type { ReconciliationResponse } from './schemas.ts';

type Json = z.infer<typeof ReconciliationResponse>;

const time = (atMs: number) => new Date(atMs).toISOString();

/** Writes a reconciliation as the API shows it. The command with `--json` shows it in the same form. */
export function reconciliationReport(reconciliation: Reconciliation): Json {
  const { operatorId, fromMs, toMs, asOfMs, differences } = reconciliation;
  const byKind = Map.groupBy(differences, ({ kind }) => kind);
  return {
    operator_id: operatorId,
    from: time(fromMs),
    to: time(toMs),
    as_of: time(asOfMs),
    provisional: reconciliation.provisional,
    wallet_list: reconciliation.compared ? 'compared' : 'not-offered',
    rounds_in_progress: reconciliation.inProgress,
    totals: reconciliation.totals.map(totalsView),
    difference_counts: Object.fromEntries([...byKind].map(([kind, group]) => [kind, group.length])),
    differences: differences.map(differenceView),
  };
}

function totalsView({ currency, rgs, wallet }: CurrencyTotals): Json['totals'][number] {
  const amount = (minor: bigint) => formatAmount(minor, currencyOf(currency));
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

function differenceView({ kind, roundId, status, expected, found }: Difference): Json['differences'][number] {
  return {
    kind,
    round_id: roundId,
    round_status: status ?? null,
    expected: expected ? movementView(expected) : null,
    found: found ? { ...movementView(found), at: time(found.atMs) } : null,
  };
}

function movementView({ transactionId, playerId, currency, amountMinor }: Movement) {
  return {
    transaction_id: transactionId,
    player_id: playerId,
    amount: formatAmount(amountMinor, currencyOf(currency)),
    currency,
  };
}
