import { DependencyError } from '../foundation/errors.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import type { RollbackReply, WalletReply } from '../wallets/wallet.ts';
import { queueAgain } from './queue-again.ts';
import { type RecoveryPorts, type RecoverySettings, recoverRound } from './recover-round.ts';

/**
 * Recovers the rounds that one batch asks for. For each operator it tries the first round. Where the wallet does not
 * answer that one, the operator's others wait for their next attempt without a call. A wallet that is down for long may
 * have thousands of wins waiting. It is then called a tenth as often, and its wins cost the queue as little as can be.
 * Where the operator has several wallets, the rounds of the others are tried all the same.
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
      const silent = first && (await silenceAt(ports, (to) => recover(first, to)));
      if (!silent) return Promise.all(others.map((request) => recover(request)));
      if (silent.operator.wallets.length > 1) {
        const to = sparing(ports, silent.walletId);
        return Promise.all(others.map((request) => recover(request, to)));
      }
      return attempt(others, () => queueAgain(ports, others));
    }),
  );
  return failures;
}

/** An absent service is handled like a wallet that does not answer. A message that fails would come back much later. */
async function retry(ports: RecoveryPorts, request: RecoveryRequest, error: unknown): Promise<void> {
  if (!(error instanceof DependencyError && error.retryable)) throw error;
  ports.telemetry.count('RecoveryFailed');
  ports.telemetry.warn('A round could not be recovered for now', { code: error.code });
  await queueAgain(ports, [request]);
}

/** A wallet gives no answer at all for one of these reasons. */
const SILENCES: readonly string[] = ['NOT_SENT', 'TIMEOUT', 'CONNECTION'];

interface SilentWallet {
  readonly operator: Operator;
  readonly walletId: WalletId;
}

/** Names the wallet that gave no answer at all, where there was one. */
async function silenceAt(
  ports: RecoveryPorts,
  work: (ports: RecoveryPorts) => Promise<void>,
): Promise<SilentWallet | undefined> {
  let silent: SilentWallet | undefined;
  const of: RecoveryPorts['wallets']['of'] = (operator, walletId) => {
    const wallet = ports.wallets.of(operator, walletId);
    const heard = <Reply extends WalletReply | RollbackReply>(reply: Reply): Reply => {
      if (reply.kind === 'unknown' && SILENCES.includes(reply.reason)) silent = { operator, walletId };
      return reply;
    };
    return {
      credit: async (transaction) => heard(await wallet.credit(transaction)),
      rollback: async (transaction) => heard(await wallet.rollback(transaction)),
    };
  };
  await work({ ...ports, wallets: { of } });
  return silent;
}

/** Wraps the ports so that one wallet is not called. */
function sparing(ports: RecoveryPorts, spared: WalletId): RecoveryPorts {
  const silence = async () => ({ kind: 'unknown', reason: 'NOT_SENT' }) as const;
  const of: RecoveryPorts['wallets']['of'] = (operator, walletId) =>
    walletId === spared ? { credit: silence, rollback: silence } : ports.wallets.of(operator, walletId);
  return { ...ports, wallets: { of } };
}
