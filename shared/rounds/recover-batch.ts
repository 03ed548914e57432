import { DependencyError } from '../foundation/errors.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import type { RollbackReply, Wallet, WalletReply } from '../wallets/wallet.ts';
import {
  queueAgain,
  delayOf,
  type RecoveryPorts,
  type RecoverySettings,
  recoverRound,
} from './recover-round.ts';

/**
 * Recovers the rounds that one batch asks for. For each operator it tries the first round. Where the wallet does not
 * answer that one, the operator's others wait for their next attempt without a call. A wallet that is down for long may
 * have thousands of wins waiting. It is then called a tenth as often, and its wins cost the queue as little as can be.
 * @returns what failed, with its error; the others are done or queued again
 */
export async function recoverBatch(
  ports: RecoveryPorts,
  settings: RecoverySettings,
  requests: readonly RecoveryRequest[],
): Promise<ReadonlyMap<RecoveryRequest, unknown>> {
  const failures = new Map<RecoveryRequest, unknown>();
  const attempt = (concerned: readonly RecoveryRequest[], work: () => Promise<void>) =>
    work().catch((error: unknown) => {
      for (const request of concerned) failures.set(request, error);
    });
  const recover = (request: RecoveryRequest, to = ports) =>
    attempt([request], () =>
      recoverRound(to, settings, request).catch((error: unknown) => retry(ports, request, error)),
    );

  const byOperator = Map.groupBy(requests, ({ log }) => log.operatorId);
  await Promise.all(
    [...byOperator.values()].map(async ([first, ...others]) => {
      let silent = false;
      if (first)
        await recover(
          first,
          listening(ports, () => (silent = true)),
        );
      if (!silent) return Promise.all(others.map((request) => recover(request)));
      const byDelay = Map.groupBy(others, (request) => delayOf(request, ports.clock.nowMs()));
      return Promise.all(
        [...byDelay].map(([delayMs, waiting]) => attempt(waiting, () => queueAgain(ports, waiting, delayMs))),
      );
    }),
  );
  return failures;
}

/** An absent service is handled like a wallet that does not answer. A message that fails would come back much later. */
async function retry(ports: RecoveryPorts, request: RecoveryRequest, error: unknown): Promise<void> {
  if (!(error instanceof DependencyError && error.retryable)) throw error;
  ports.telemetry.count('RecoveryFailed');
  ports.telemetry.warn('A round could not be recovered for now', { code: error.code });
  await queueAgain(ports, [request], delayOf(request, ports.clock.nowMs()));
}

/** A wallet gives no answer at all for one of these reasons. */
const SILENCES: readonly string[] = ['NOT_SENT', 'TIMEOUT', 'CONNECTION'];

/** Wraps the ports so that they report where a wallet gives no answer at all. */
function listening(ports: RecoveryPorts, onSilence: () => void): RecoveryPorts {
  const heard = <Reply extends WalletReply | RollbackReply>(reply: Reply): Reply => {
    if (reply.kind === 'unknown' && SILENCES.includes(reply.reason)) onSilence();
    return reply;
  };
  const of = (operator: Operator, walletId: WalletId): Pick<Wallet, 'credit' | 'rollback'> => {
    const wallet = ports.wallets.of(operator, walletId);
    return {
      credit: async (transaction) => heard(await wallet.credit(transaction)),
      rollback: async (transaction) => heard(await wallet.rollback(transaction)),
    };
  };
  return { ...ports, wallets: { of } };
}
