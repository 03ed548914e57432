import { sweepRounds } from '../../shared/usecases/sweep-rounds.ts';
import * as compose from '../_runtime/composition.ts';
import { setting } from '../_runtime/environment.ts';
import { logger } from '../_runtime/observability.ts';
import { workerHandler } from '../_runtime/worker-handler.ts';

export const handler = workerHandler(async () => {
  const ports = { clock: compose.clock, ledger: compose.ledger(), recovery: compose.recovery() };
  const found = await sweepRounds(ports, { leaseMs: setting('ROUND_LEASE_MS') });
  logger.info('Swept the ledger for rounds that are not final', { found });
});
