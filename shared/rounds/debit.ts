import type { MinorAmount } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import type { Wallets } from '../wallets/wallet.ts';
import type { OwnedIntent } from './reserve-round.ts';
import type { RoundRefusal } from './round.ts';
import type { Stepped } from './step-engine.ts';
import { stakeTransaction } from './wallet-transaction.ts';

export interface DebitPorts {
  readonly wallets: Wallets;
}

export interface DebitSettings {
  /** The wallet is called this often for one debit before the debit counts as unknown. */
  readonly debitAttempts: number;
}

/** Says what is known of the stake. `none` means that the engine failed, and the wallet was not called. */
export type Debited =
  | { readonly kind: 'acknowledged'; readonly balanceMinor: MinorAmount }
  | { readonly kind: 'refused'; readonly refusal: RoundRefusal; readonly earlierAttemptUnknown: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' };

/**
 * Debits the stake. The wallet acknowledges or refuses the debit, or it stays unknown. An unknown debit is repeated with
 * the same transaction id. Where no attempt was sent, the debit counts as refused. A bet-win sends the win in the same
 * call.
 */
export async function debit(
  ports: DebitPorts,
  settings: DebitSettings,
  operator: Operator,
  intent: OwnedIntent,
  stepped: Stepped,
): Promise<Debited> {
  if (stepped.kind === 'failed') return { kind: 'none' };
  const { round } = intent;
  const wallet = ports.wallets.of(operator, round.walletId);
  const transaction = stakeTransaction(round);
  let earlierAttemptUnknown = false;
  for (let attempt = 1; ; attempt += 1) {
    const reply =
      round.walletCalls === 'bet-win'
        ? await wallet.betWin({ ...transaction, winMinor: stepped.winMinor })
        : await wallet.debit(transaction);
    if (reply.kind === 'acknowledged') return reply;
    if (reply.kind === 'refused') return { kind: 'refused', refusal: reply.code, earlierAttemptUnknown };
    earlierAttemptUnknown ||= reply.reason !== 'NOT_SENT';
    if (attempt < settings.debitAttempts && reply.reason !== 'TRANSACTION_MISMATCH') continue;
    if (earlierAttemptUnknown) return { kind: 'unknown' };
    return { kind: 'refused', refusal: 'WALLET_UNAVAILABLE', earlierAttemptUnknown };
  }
}
