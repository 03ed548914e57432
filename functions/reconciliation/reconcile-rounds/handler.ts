import type * as z from 'zod';
import { identifyOperator } from '../../../shared/operators/authenticate-operator.ts';
import { reconcile } from '../../../shared/reconciliation/reconcile.ts';
import { reconciliationReport } from '../../../shared/reconciliation/reconciliation-report.ts';
import { ReconciliationQuery } from '../../_api/requests.ts';
import { type ReconciliationResponse } from '../../_api/responses.ts';
import {
  archivedRounds,
  clock,
  ledger,
  registry,
  roundPages,
  walletBooks,
} from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { headersOf, queryOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { readingTimeMs } from '../../_runtime/reading-time.ts';

/** These limits fit an answer of Lambda and the time of most functions. The command reads more. */
const LIMITS = { files: 3_000, rounds: 20_000, transactions: 10_000, lookups: 1_000 } as const;
const DAY_MS = 86_400_000;

const ports = portsOf({ clock, ledger, pages: roundPages, archive: archivedRounds, books: walletBooks });

export const handler = httpHandler(async (event, context) => {
  const operator = await identifyOperator(registry(), headersOf(event).get('x-operator-key'));
  const { from, to } = queryOf(event, ReconciliationQuery);
  const settings = {
    hotRetentionMs: setting('HOT_RETENTION_DAYS') * DAY_MS,
    limits: { ...LIMITS, timeMs: readingTimeMs(context) },
  };
  const period = { operator, fromMs: Date.parse(from), toMs: Date.parse(to) };
  const body: z.infer<typeof ReconciliationResponse> = reconciliationReport(
    await reconcile(ports(), settings, period),
  );
  return { status: 200, body };
});
