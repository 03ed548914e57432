import * as z from 'zod';
import { KnownCurrencyCode } from '../../money/currency.ts';
import type { Game } from '../game.ts';
import { stateRules } from '../../engines/state-rule.ts';
import { GameCode, OperatorId, Sha256Hex, WalletId } from '../../foundation/ids.ts';
import { MAX_AMOUNT_MINOR } from '../../money/money.ts';
import { type Operator, walletCallStyles } from '../../operators/operator.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { stored, StoredAddress, StoredInstant } from '../../aws/stored.ts';

/** All games lie in one partition, so that one query lists them. They are few, and every process caches them. */
export const GAMES = 'games';

export const registryKeys = {
  operator: (operatorId: OperatorId) => ({ pk: `operator#${operatorId}`, sk: 'operator' }),
  operatorKey: (keyHash: string) => ({ pk: `operator-key#${keyHash}`, sk: 'operator-key' }),
  game: (gameCode: GameCode) => ({ pk: GAMES, sk: gameCode }),
};

const OperatorWalletItem = z.object({
  walletId: WalletId,
  walletUrl: StoredAddress,
  walletSecretName: z.string().min(1),
  walletCalls: z.enum(walletCallStyles),
});
const OperatorItem = z
  .object({
    pk: z.string(),
    operatorId: OperatorId,
    name: z.string(),
    enabled: z.boolean(),
    wallets: z.array(OperatorWalletItem),
    walletId: WalletId,
  })
  .refine(({ pk, operatorId }) => pk === registryKeys.operator(operatorId).pk, 'another key')
  .refine(
    ({ wallets, walletId }) => wallets.some((wallet) => wallet.walletId === walletId),
    'no current wallet',
  )
  .refine(
    ({ wallets }) => new Set(wallets.map(({ walletId }) => walletId)).size === wallets.length,
    'a wallet twice',
  );
const OperatorKeyItem = z.object({ operatorId: OperatorId, replacedAtMs: StoredInstant.optional() });
/** A game and each of its versions store their bets alike. */
export const StoredBets = z.array(
  z.object({
    currency: KnownCurrencyCode,
    allowedMinor: z.array(z.bigint().positive().max(MAX_AMOUNT_MINOR).brand<'MinorAmount'>()),
  }),
);
export const StoredStateRule = z.enum(stateRules);
/** An offer has six digits before the point, and six after it. */
export const StoredBonusEnd = z.bigint().nonnegative().max(999_999_999_999n);
const GameItem = z.object({
  sk: GameCode,
  title: z.string(),
  enabled: z.boolean(),
  engineHash: Sha256Hex,
  bets: StoredBets,
  stateRule: StoredStateRule,
  bonusEndMillionths: StoredBonusEnd.optional(),
  contract: z.literal('realtime').optional(),
});

export function encodeOperator(operator: Operator, keyHash: string): NativeItem {
  const wallets = operator.wallets.map((wallet) => ({ ...wallet }));
  return { ...registryKeys.operator(operator.operatorId), ...operator, wallets, keyHash };
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeOperator(item: unknown): Operator {
  const { pk: _, ...operator } = stored(OperatorItem, item, 'An operator');
  return operator;
}

export function encodeOperatorKey(keyHash: string, operatorId: OperatorId): NativeItem {
  return { ...registryKeys.operatorKey(keyHash), operatorId };
}

/** @returns undefined where another key has taken its place @throws FaultError CORRUPT_RECORD */
export function decodeOperatorKey(item: unknown): OperatorId | undefined {
  const { operatorId, replacedAtMs } = stored(OperatorKeyItem, item, "An operator's key");
  return replacedAtMs === undefined ? operatorId : undefined;
}

/** Gives the only operator that may have the key, also where it was replaced. @throws FaultError CORRUPT_RECORD */
export function ownerOfKey(item: unknown): OperatorId {
  return stored(OperatorKeyItem, item, "An operator's key").operatorId;
}

export function encodeGame(game: Game): NativeItem {
  const { gameCode, title, enabled, engineHash, bets, stateRule, bonusEndMillionths, contract } = game;
  const allowed = bets.map(({ currency, allowedMinor }) => ({ currency, allowedMinor }));
  return {
    ...registryKeys.game(gameCode),
    title,
    enabled,
    engineHash,
    bets: allowed,
    stateRule,
    ...(bonusEndMillionths !== undefined && { bonusEndMillionths }),
    ...(contract && { contract }),
  };
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeGame(item: unknown): Game {
  const { sk: gameCode, ...game } = stored(GameItem, item, 'A game');
  return { gameCode, ...game };
}
