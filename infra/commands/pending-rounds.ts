import { systemClock } from '../../shared/aws/clock.ts';
import { currencyOf } from '../../shared/money/currency.ts';
import { formatAmount } from '../../shared/money/money.ts';
import type { RoundReference } from '../../shared/rounds/ledger.ts';
import { type PendingRound, pendingRounds } from '../../shared/rounds/pending-rounds.ts';
import { findDeployment } from './deployment.ts';
import { ledgerOf } from './stage-ledger.ts';
import { textTable } from './text-table.ts';

export type ListedRound = ReturnType<typeof listedRound>;
export type UnreadableRound = ReturnType<typeof unreadableRound>;

export interface Pending {
  readonly pending: readonly ListedRound[];
  readonly unreadable: readonly UnreadableRound[];
}

/** Lists what is pending on a stage. @throws Error with one line for the user where there is no such stage */
export async function pendingOnStage(stage: string): Promise<Pending> {
  const ledger = ledgerOf(await findDeployment(stage));
  const { pending, unreadable } = await pendingRounds({ clock: systemClock, ledger });
  return { pending: pending.map(listedRound), unreadable: unreadable.map(unreadableRound) };
}

export function unreadableRound({ log, number }: RoundReference) {
  return {
    operator_id: log.operatorId,
    player_id: log.playerId,
    game_code: log.gameCode,
    round_number: number,
  };
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
export function pendingText({ pending, unreadable }: Pending): string {
  const texts = [pending.length > 0 ? pendingTable(pending) : 'No credit and no rollback is pending.'];
  if (unreadable.length > 0)
    texts.push(
      'Somebody has changed these rounds, so they cannot be read:',
      textTable([
        ['operator', 'player', 'game', 'round number'],
        ...unreadable.map((one) => [one.operator_id, one.player_id, one.game_code, String(one.round_number)]),
      ]),
    );
  return texts.join('\n');
}

function pendingTable(pending: readonly ListedRound[]): string {
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
