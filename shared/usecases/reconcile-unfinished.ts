import { accountedRound } from '../domain/accounted-round.ts';
import type { Operator } from '../domain/operator.ts';
import type { AccountedRound, Difference } from '../domain/reconciliation.ts';
import { compare } from './compare-with-books.ts';
import { type ReconciliationPorts, type ReconciliationSettings, SETTLING_MS } from './reconcile.ts';
import { Workload } from './workload.ts';

/**
 * Compares what no period shows: rounds that are not final, also where the wallet has never heard of them, such as the
 * unpaid win of a bonus. Reads the whole ledger.
 * @throws as `reconcile` does
 */
export async function reconcileUnfinished(
  ports: ReconciliationPorts,
  { limits }: ReconciliationSettings,
  operator: Operator,
): Promise<Difference[]> {
  const work = new Workload(limits, ports.clock);
  const rounds: AccountedRound[] = [];
  for await (const reference of ports.ledger.unfinished(ports.clock.nowMs() - SETTLING_MS)) {
    if (reference.log.operatorId !== operator.operatorId) continue;
    work.spend('rounds', 1);
    const round = await ports.ledger.get(reference);
    if (round) rounds.push(accountedRound(round));
  }
  return compare(ports.books, operator, rounds, work);
}
