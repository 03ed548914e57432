import { systemClock } from '../../shared/aws/clock.ts';
import { currencyOf } from '../../shared/money/currency.ts';
import { formatAmount } from '../../shared/money/money.ts';
import { type PendingRound, pendingRounds } from '../../shared/rounds/pending-rounds.ts';
import { findDeployment } from './deployment.ts';
import { ledgerOf } from './stage-ledger.ts';
import { textTable } from './text-table.ts';

export type ListedRound = ReturnType<typeof listedRound>;

/** Lists what is pending on a stage. @throws Error with one line for the user where there is no such stage */
export async function pendingOnStage(stage: string): Promise<ListedRound[]> {
  const ledger = ledgerOf(await findDeployment(stage));
  return (await pendingRounds({ clock: systemClock, ledger })).map(listedRound);
}

export function listedRound({ round, owes, amountMinor, owedSinceMs }: PendingRound) {
  return {
    owes,
    since: new Date(owedSinceMs).toISOString(),
    amount: formatAmount(amountMinor, currencyOf(round.currency)),
    currency: round.currency,
    operator_id: round.log.operatorId,
    player_id: round.log.playerId,
    game_code: round.log.gameCode,
    wallet_id: round.walletId,
    round_id: round.roundId,
    round_status: round.status,
  };
}

/** Writes the list for people. */
export function pendingText(pending: readonly ListedRound[]): string {
  if (pending.length === 0) return 'No credit and no rollback is pending.';
  return textTable([
    ['owes', 'since', 'amount', 'operator', 'player', 'game', 'wallet id', 'round', 'status'],
    ...pending.map((one) => [
      one.owes,
      one.since,
      `${one.amount} ${one.currency}`,
      one.operator_id,
      one.player_id,
      one.game_code,
      one.wallet_id,
      one.round_id,
      one.round_status,
    ]),
  ]);
}
