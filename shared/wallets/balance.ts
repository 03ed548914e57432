import { DependencyError, RoundRefusedError } from '../foundation/errors.ts';
import type { MinorAmount } from '../money/money.ts';
import type { Wallet } from './wallet.ts';
import type { PlayerId } from '../foundation/ids.ts';

/** Names the player whose balance is requested, and the currency. */
export interface AccountHolder {
  readonly playerId: PlayerId;
  readonly currency: string;
}

type BalanceWallet = Pick<Wallet, 'balance'>;

/**
 * Reads the player's balance in minor units, for a launch. A wallet that refuses the player ends the launch.
 * @throws RoundRefusedError with the wallet's code; DependencyError WALLET_UNAVAILABLE
 */
export async function balanceOrRefusal(wallet: BalanceWallet, holder: AccountHolder): Promise<MinorAmount> {
  const reply = await wallet.balance(holder.playerId, holder.currency);
  if (reply.kind === 'acknowledged') return reply.balanceMinor;
  if (reply.kind === 'unknown') throw unavailable();
  throw new RoundRefusedError(reply.code, "The operator's wallet does not let this player play");
}

/**
 * Reads the player's balance in minor units, for a round that is already paid for. A refusal does not end the round.
 * @throws DependencyError WALLET_UNAVAILABLE
 */
export async function balanceOrUnavailable(
  wallet: BalanceWallet,
  holder: AccountHolder,
): Promise<MinorAmount> {
  const reply = await wallet.balance(holder.playerId, holder.currency);
  if (reply.kind === 'acknowledged') return reply.balanceMinor;
  throw unavailable();
}

/**
 * Reads the player's balance in minor units, if the wallet keeps the player's account in this currency.
 * @returns undefined where the wallet names another currency, or refuses for a reason that it does not tell
 * @throws DependencyError WALLET_UNAVAILABLE
 */
export async function balanceWhereKept(
  wallet: BalanceWallet,
  holder: AccountHolder,
): Promise<MinorAmount | undefined> {
  const reply = await wallet.balance(holder.playerId, holder.currency);
  if (reply.kind === 'acknowledged') return reply.balanceMinor;
  if (reply.kind === 'refused' && reply.code === 'WALLET_REFUSED') return undefined;
  if (reply.kind === 'unknown' && reply.reason === 'WRONG_CURRENCY') return undefined;
  throw unavailable();
}

function unavailable(): DependencyError {
  return new DependencyError('WALLET_UNAVAILABLE', "The operator's wallet did not tell the player's balance");
}
