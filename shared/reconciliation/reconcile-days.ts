import type { LogEnds } from './check-records.ts';
import type { Finding } from './findings.ts';
import type { Difference } from './reconciliation.ts';
import { addTotals } from './reconciliation-totals.ts';
import {
  type Reconciliation,
  type ReconciliationPorts,
  type ReconciliationRequest,
  type ReconciliationSettings,
  reconcile,
} from './reconcile.ts';

const DAY_MS = 86_400_000;

/**
 * Reconciles a period of any length, one UTC day at a time. Each file of the archive is read once. The numbers of a log are
 * followed from day to day.
 * @throws as `reconcile` does
 */
export async function* reconcileDays(
  ports: ReconciliationPorts,
  settings: ReconciliationSettings,
  { operator, fromMs, toMs }: ReconciliationRequest,
): AsyncIterable<Reconciliation> {
  const ends: LogEnds = new Map();
  for (let startMs = fromMs; startMs < toMs || startMs === fromMs; ) {
    const endMs = Math.min(toMs, startMs - (startMs % DAY_MS) + DAY_MS);
    yield await reconcile(ports, settings, { operator, fromMs: startMs, toMs: endMs }, ends);
    startMs = endMs;
  }
}

/** Joins periods that follow each other. A round that several of them report on is reported as the last one saw it. */
export function joined(first: Reconciliation, ...others: readonly Reconciliation[]): Reconciliation {
  const periods = [first, ...others];
  const last = others.at(-1) ?? first;
  return {
    operatorId: first.operatorId,
    fromMs: first.fromMs,
    toMs: last.toMs,
    asOfMs: last.asOfMs,
    provisional: periods.some(({ provisional }) => provisional),
    compared: periods.every(({ compared }) => compared),
    inProgress: periods.reduce((sum, { inProgress }) => sum + inProgress, 0),
    totals: addTotals(periods.map(({ totals }) => totals)),
    differences: joinedDifferences(periods.map(({ differences }) => differences)),
    findings: joinedFindings(periods),
  };
}

/** Adds what was found in the rounds that are not final. */
export function withUnfinished(
  period: Reconciliation,
  unfinished: Pick<Reconciliation, 'differences' | 'findings'>,
): Reconciliation {
  return {
    ...period,
    differences: joinedDifferences([period.differences, unfinished.differences]),
    findings: joinedFindings([period, unfinished]),
  };
}

/** Several periods may see the same round of the ledger, which is then one finding. */
function joinedFindings(parts: readonly Pick<Reconciliation, 'findings'>[]): Finding[] {
  const found = parts.flatMap(({ findings }) => findings);
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** Gives each round and wallet as the last of several lists has them. */
export function joinedDifferences(lists: readonly (readonly Difference[])[]): Difference[] {
  // A transaction of an unknown round lies in one period, and so it is reported once.
  const strangers = lists.flatMap((differences) => differences.filter(isOfUnknownRound));
  const byRound = new Map<string, Difference[]>();
  for (const differences of lists) {
    const ofRounds = differences.filter((difference) => !isOfUnknownRound(difference));
    const groups = Map.groupBy(ofRounds, ({ roundId, walletId }) => `${roundId} ${walletId}`);
    for (const [place, group] of groups) {
      byRound.set(place, group);
    }
  }
  return [...strangers, ...[...byRound.values()].flat()];
}

function isOfUnknownRound({ kind }: Difference): boolean {
  return kind === 'UNKNOWN_ROUND';
}
