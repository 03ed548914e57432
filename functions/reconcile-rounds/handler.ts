import { identifyOperator } from '../../shared/usecases/authenticate-operator.ts';
import { reconcile } from '../../shared/usecases/reconcile.ts';
import { reconciliationReport } from '../_api/reconciliation-report.ts';
import { ReconciliationQuery } from '../_api/schemas.ts';
import * as compose from '../_runtime/composition.ts';
import { setting } from '../_runtime/environment.ts';
import { httpHandler } from '../_runtime/http-handler.ts';
import { headersOf, queryOf } from '../_runtime/http-request.ts';

/** What fits the function's time-out and an answer of Lambda; the command reads more. */
const LIMITS = { files: 3_000, rounds: 20_000, transactions: 10_000, lookups: 1_000, timeMs: 8_000 } as const;
/** As long as a report is provisional: by then an archive that keeps up has every round of the period. */
const ARCHIVE_DELAY_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

export const handler = httpHandler(async (event) => {
  const operator = await identifyOperator(compose.registry(), headersOf(event).get('x-operator-key'));
  const { from, to } = queryOf(event, ReconciliationQuery);
  const ports = {
    clock: compose.clock,
    ledger: compose.ledger(),
    archive: compose.archivedRounds(),
    books: compose.walletBooks(),
  };
  const settings = {
    hotRetentionMs: setting('HOT_RETENTION_DAYS') * DAY_MS,
    archiveDelayMs: ARCHIVE_DELAY_MS,
    limits: LIMITS,
  };
  const period = { operator, fromMs: Date.parse(from), toMs: Date.parse(to) };
  return { status: 200, body: reconciliationReport(await reconcile(ports, settings, period)) };
});
