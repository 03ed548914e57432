import { sweepRounds } from '../../../shared/rounds/sweep-rounds.ts';
import { clock, ledger, recovery, telemetry } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { logger } from '../../_runtime/observability.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

/** This time is left for the page that is being read, for its messages, and for reporting how far the sweep got. */
const CLOSING_MS = 30_000;

const ports = portsOf({ clock, ledger, recovery, telemetry });

export const handler = workerHandler(async (_event: unknown, context): Promise<void> => {
  const remainingMs = () => context.getRemainingTimeInMillis() - CLOSING_MS;
  const sweep = await sweepRounds({ ...ports(), remainingMs }, { leaseMs: setting('ROUND_LEASE_MS') });
  logger.info('Swept the ledger for rounds that are not final', { ...sweep });
});
