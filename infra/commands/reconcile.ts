/**
 * Compares an operator's rounds with its wallet's own list of transactions: `npm run reconcile -- --operator ID`.
 * The exit code is 0 where they agree, 1 where they differ or a record is wrong, 2 where they could not be compared.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { reconciliationReport } from '../../shared/reconciliation/reconciliation-report.ts';
import { workerClientSettings } from '../../shared/aws/client-settings.ts';
import { ledgerOf, roundMacsOf, roundPagesOf } from './stage-ledger.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { httpWalletBooks } from '../../shared/wallets/adapters/wallet-books.ts';
import { S3ArchivedRounds } from '../../shared/archive/adapters/archived-rounds.ts';
import { Secrets } from '../../shared/aws/secrets.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { OperatorId } from '../../shared/foundation/ids.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import type {
  Reconciliation,
  ReconciliationPorts,
  ReconciliationRequest,
} from '../../shared/reconciliation/reconcile.ts';
import { joined, reconcileDays, withUnfinished } from '../../shared/reconciliation/reconcile-days.ts';
import { reconcileUnfinished } from '../../shared/reconciliation/reconcile-unfinished.ts';
import { stageSettings } from '../stages.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { reconciliationText } from './reconciliation-text.ts';
import { configTableOf } from './stage-tables.ts';
import { UsageError } from '../../shared/command-line/command-line.ts';
import { whileCounting } from './while-counting.ts';

const DAY_MS = 86_400_000;
const DIFFERENT = 1;
export const NOT_COMPARED = 2;
/** These limits fit the memory of a process. A round and its transactions take about a kilobyte. */
const LIMITS = {
  files: 1_000_000,
  rounds: 2_000_000,
  transactions: 5_000_000,
  lookups: 100_000,
  timeMs: 6 * 60 * 60_000,
} as const;

const Time = z.union([z.iso.date(), z.iso.datetime()]);

/** The period is yesterday in UTC, unless one is given. @throws UsageError */
function periodOf(from: string | undefined, to: string | undefined): { fromMs: number; toMs: number } {
  if (from === undefined && to === undefined) {
    const todayMs = systemClock.nowMs() - (systemClock.nowMs() % DAY_MS);
    return { fromMs: todayMs - DAY_MS, toMs: todayMs };
  }
  const [fromMs, toMs] = [from, to].map((time) => {
    const read = Time.safeParse(time);
    if (!read.success)
      throw new UsageError(
        '--from and --to belong together; each is such as 2026-11-21 or 2026-11-21T06:00:00Z',
      );
    return Date.parse(read.data);
  });
  return { fromMs: fromMs ?? 0, toMs: toMs ?? 0 };
}

function portsOf(deployment: Deployment): ReconciliationPorts {
  const { stage, outputs } = deployment;
  const secrets = new Secrets(new SecretsManagerClient(), systemClock);
  return {
    clock: systemClock,
    ledger: ledgerOf(deployment),
    pages: roundPagesOf(deployment),
    archive: new S3ArchivedRounds(
      new S3Client(workerClientSettings),
      outputs.ArchiveBucket,
      roundMacsOf(deployment),
    ),
    books: httpWalletBooks({
      secret: (name) => secrets.secret(name),
      clock: systemClock,
      timeoutMs: stageSettings(stage).walletTimeoutMs,
    }),
  };
}

async function operatorOf(deployment: Deployment, operatorId: string): Promise<Operator> {
  const registry = new DynamoRegistry(configTableOf(deployment));
  const id = OperatorId.safeParse(operatorId).data;
  const operator = id && (await registry.operator(id));
  if (!operator) throw new Error(`There is no operator ${operatorId} on stage ${deployment.stage}`);
  return operator;
}

/** Reports progress on standard error, because a day of a long period may take minutes. */
async function reconcilePeriod(
  deployment: Deployment,
  request: ReconciliationRequest,
  unfinished: boolean,
): Promise<Reconciliation> {
  const settings = {
    hotRetentionMs: stageSettings(deployment.stage).hotRetentionDays * DAY_MS,
    limits: LIMITS,
  };
  const days: Reconciliation[] = [];
  return whileCounting(portsOf(deployment), async (ports) => {
    for await (const day of reconcileDays(ports, settings, request)) {
      const { fromMs, differences, findings } = day;
      const date = new Date(fromMs).toISOString().slice(0, 10);
      console.error(`${date}: ${differences.length} differences, ${findings.length} findings`);
      days.push(day);
    }
    const [first, ...others] = days;
    if (!first) throw new Error('The period has no day');
    const period = joined(first, ...others);
    if (!unfinished || !period.compared) return period;
    console.error('Reading the ledger for rounds that are not final');
    return withUnfinished(period, await reconcileUnfinished(ports, settings, request.operator));
  });
}

export interface ReconcileOptions {
  readonly operator: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly stage: string;
  readonly unfinished: boolean;
  readonly json: boolean;
}

/** Compares, and prints the result. @returns the exit code */
export async function reconcileOnStage(options: ReconcileOptions): Promise<number> {
  const { unfinished } = options;
  const period = periodOf(options.from, options.to);
  const deployment = await findDeployment(options.stage);
  const operator = await operatorOf(deployment, options.operator);
  const reconciliation = await reconcilePeriod(deployment, { operator, ...period }, unfinished);
  const report = reconciliationReport(reconciliation);
  if (!unfinished)
    console.error(
      'Not looked at: rounds that are not final and that the wallet does not list; --unfinished does',
    );
  console.log(options.json ? JSON.stringify(report, undefined, 2) : reconciliationText(report));
  if (!reconciliation.compared) return NOT_COMPARED;
  const { differences, findings } = reconciliation;
  return differences.length + findings.length > 0 ? DIFFERENT : 0;
}
