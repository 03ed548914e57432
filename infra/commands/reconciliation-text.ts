import type { ReconciliationReport } from '../../shared/reconciliation/reconciliation-report.ts';
import { textTable } from './text-table.ts';

/** Writes a report for people: what the two sides have moved, every difference, and what is wrong with the records. */
export function reconciliationText(report: ReconciliationReport): string {
  const { differences, findings } = report;
  return [
    `${report.operator_id}, ${report.from} to ${report.to}`,
    ...notes(report),
    '',
    totals(report),
    '',
    differences.length === 0 ? verdict(report) : `Differences: ${counted(report.difference_counts)}`,
    ...(differences.length === 0 ? [] : ['', list(differences)]),
    ...(findings.length === 0
      ? []
      : ['', `Findings in the records: ${counted(report.finding_counts)}`, '', listOfFindings(findings)]),
  ].join('\n');
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

function notes({ provisional, rounds_in_progress: inProgress }: ReconciliationReport): string[] {
  return [
    ...(provisional ? ['The period has hardly ended: the last rounds of it may be missing.'] : []),
    ...(inProgress > 0 ? [`${inProgress} rounds are in progress and not compared.`] : []),
  ];
}

function verdict({ wallet_list: list }: ReconciliationReport): string {
  return list === 'compared'
    ? 'No differences.'
    : 'Nothing was compared, or not all of it: a wallet does not list its transactions (docs/wallet-api.md).';
}

function totals({ totals }: ReconciliationReport): string {
  const head = ['', 'side', 'count', 'stakes', 'wins', 'given back', 'net'];
  const rows = totals.flatMap(({ currency, rgs, wallet }) => [
    [currency, 'game server', `${rgs.rounds} rounds`, rgs.stakes, rgs.wins, rgs.voided, rgs.net],
    wallet
      ? [
          currency,
          'wallet',
          `${wallet.transactions} transactions`,
          wallet.debits,
          wallet.credits,
          wallet.rollbacks,
          wallet.net,
        ]
      : [currency, 'wallet', 'not offered', '', '', '', ''],
  ]);
  return rows.length === 0 ? 'No rounds and no transactions.' : textTable([head, ...rows]);
}

function list(differences: ReconciliationReport['differences']): string {
  const told = (movement: ReconciliationReport['differences'][number]['expected']) =>
    movement ? `${movement.amount} ${movement.currency} ${movement.player_id}` : 'nothing';
  return textTable([
    ['difference', 'round', 'status', 'wallet id', 'game server', 'wallet', 'transaction', 'at the wallet'],
    ...differences.map(
      ({ kind, round_id: roundId, round_status: status, wallet_id: walletId, expected, found }) => [
        kind,
        roundId,
        status ?? 'unknown',
        walletId,
        told(expected),
        told(found),
        (found ?? expected)?.transaction_id ?? '',
        found?.at ?? '',
      ],
    ),
  ]);
}

function listOfFindings(findings: ReconciliationReport['findings']): string {
  return textTable([
    ['finding', 'player', 'game', 'numbers', 'rounds', 'files'],
    ...findings.map(({ kind, player_id: playerId, game_code: gameCode, ...finding }) => [
      kind,
      playerId,
      gameCode,
      finding.first_number === finding.last_number
        ? String(finding.first_number)
        : `${finding.first_number} to ${finding.last_number}`,
      finding.round_ids.join(' ') || 'unknown',
      finding.files.join(' '),
    ]),
  ]);
}
