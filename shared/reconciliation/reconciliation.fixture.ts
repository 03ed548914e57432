import { minorAmount, NOTHING } from '../money/money.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import { ids } from '../foundation/ids.fixture.ts';

export const atMs = 1_700_000_000_000;

/** A round that was played, with a stake of 1.00 and a win of 2.50, unless a test overrides them. */
export function accounted(overrides: Partial<AccountedRound> = {}): AccountedRound {
  const roundId = overrides.roundId ?? '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
  return {
    roundId: ids.round(roundId),
    playerId: ids.player('player123'),
    walletId: ids.wallet('main'),
    currency: 'EUR',
    status: 'CREDITED',
    stake: { transactionId: ids.transaction(`${roundId}:debit`), amountMinor: minorAmount(100n) },
    win: { transactionId: ids.transaction(`${roundId}:credit`), amountMinor: minorAmount(250n) },
    startedAtMs: atMs,
    updatedAtMs: atMs,
    ...overrides,
  };
}

/** A call about the round, as a wallet books it that keeps to its contract. */
export function booked(
  round: AccountedRound,
  kind: BookedTransaction['kind'],
  overrides: Partial<BookedTransaction> = {},
): BookedTransaction {
  const movement = kind === 'credit' ? round.win : round.stake;
  const isOfBetWin =
    kind === 'bet-win' || (kind === 'rollback' && movement?.transactionId.endsWith(':bet-win'));
  return {
    kind,
    transactionId: ids.transaction(
      movement?.transactionId ?? `${round.roundId}:${kind === 'credit' ? 'credit' : 'debit'}`,
    ),
    roundId: round.roundId,
    playerId: round.playerId,
    gameCode: 'happy-panda',
    currency: round.currency,
    amountMinor: movement?.amountMinor ?? minorAmount(100n),
    winMinor: isOfBetWin ? (round.win?.amountMinor ?? NOTHING) : NOTHING,
    atMs: round.updatedAtMs,
    ...overrides,
  };
}
