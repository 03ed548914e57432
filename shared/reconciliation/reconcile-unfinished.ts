import { accountedRound } from '../rounds/accounted-round.ts';
import type { Operator } from '../operators/operator.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import { compare } from './compare-with-books.ts';
import { type Finding, withoutLines } from './findings.ts';
import { readable } from './log-gaps.ts';
import { readUnfinished } from '../rounds/read-unfinished.ts';
import {
  type Reconciliation,
  type ReconciliationPorts,
  type ReconciliationSettings,
  RECOVERY_TIME_MS,
} from './reconcile.ts';
import { Workload } from '../foundation/workload.ts';

/**
 * Compares the rounds that no period shows, because they are not final. The wallet may never have heard of them, as of
 * the unpaid win of a bonus. This reads the whole ledger. A round that somebody has changed is a finding, and keeps no
 * other from being compared.
 * @throws as `reconcile` does
 */
export async function reconcileUnfinished(
  ports: ReconciliationPorts,
  { limits }: ReconciliationSettings,
  operator: Operator,
): Promise<Pick<Reconciliation, 'differences' | 'findings'>> {
  const work = new Workload(limits, ports.clock);
  const rounds: AccountedRound[] = [];
  const findings: Finding[] = [];
  const unlimited = { ...ports, remainingMs: () => Number.POSITIVE_INFINITY };
  const beforeMs = ports.clock.nowMs() - RECOVERY_TIME_MS;
  const { failed } = await readUnfinished(unlimited, beforeMs, async (page) => {
    for (const reference of page) {
      if (reference.log.operatorId !== operator.operatorId) continue;
      work.spend('rounds', 1);
      const { log, number } = reference;
      const round = await readable(ports.ledger.get(reference));
      if (round === 'unreadable') findings.push(withoutLines('UNREADABLE_RECORD', log, [number, number]));
      else if (round) rounds.push(accountedRound(round));
    }
  });
  if (failed[0]) throw failed[0].error;
  return { differences: await compare(ports.books, operator, rounds, work), findings };
}
