/**
 * Lists every function of the product. The stack, the OpenAPI document and the tables of docs/api.md are made from this
 * list, so a permission that no entry has does not exist.
 */
import { processLedgerStream } from './archive/process-ledger-stream/function.ts';
import { watchSignedItems } from './encryption/watch-signed-items/function.ts';
import { recordEvent } from './events/record-event/function.ts';
import { checkHealth } from './foundation/check-health/function.ts';
import { serveOpenapi } from './foundation/serve-openapi/function.ts';
import type { FunctionEntry, Route } from './function-entry.ts';
import { listGames } from './games/list-games/function.ts';
import { reconcileRounds } from './reconciliation/reconcile-rounds/function.ts';
import { endBonus } from './rounds/end-bonus/function.ts';
import { getRound } from './rounds/get-round/function.ts';
import { listRounds } from './rounds/list-rounds/function.ts';
import { playBonus } from './rounds/play-bonus/function.ts';
import { playSpin } from './rounds/play-spin/function.ts';
import { recoverRound } from './rounds/recover-round/function.ts';
import { sweepRounds } from './rounds/sweep-rounds/function.ts';
import { launchSession } from './sessions/launch-session/function.ts';
import { revokeSession } from './sessions/revoke-session/function.ts';
import { verifySession } from './sessions/verify-session/function.ts';
import { mergeSimulation } from './simulation/merge-simulation/function.ts';
import { simulateShard } from './simulation/simulate-shard/function.ts';

export const FUNCTIONS: readonly FunctionEntry[] = [
  launchSession,
  verifySession,
  revokeSession,
  playSpin,
  playBonus,
  endBonus,
  getRound,
  listRounds,
  reconcileRounds,
  listGames,
  checkHealth,
  serveOpenapi,
  processLedgerStream,
  watchSignedItems,
  recoverRound,
  sweepRounds,
  recordEvent,
  simulateShard,
  mergeSimulation,
];

/** Lists the routes in the order of the functions, each with the name of its function. */
export const ROUTES: readonly (Route & Pick<FunctionEntry, 'name'>)[] = FUNCTIONS.flatMap(
  ({ name, trigger }) => (trigger.kind === 'route' ? [{ ...trigger, name }] : []),
);
