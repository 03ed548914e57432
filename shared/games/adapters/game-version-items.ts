import * as z from 'zod';
import type { Activation, GameVersion } from '../game-version.ts';
import { GameCode, Sha256Hex } from '../../foundation/ids.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { StoredInstant, stored } from '../../aws/stored.ts';
import { StoredBets, StoredBonusEnd, StoredStateRule } from './registry-items.ts';

/** The numbers are padded, so that the sort key has their order. */
const NUMBER_DIGITS = 9;
const MAX_NUMBER = 10n ** BigInt(NUMBER_DIGITS) - 1n;

export const gameVersionKeys = {
  versions: (gameCode: GameCode) => `game-versions#${gameCode}`,
  version: (gameCode: GameCode, hash: string) => ({ pk: gameVersionKeys.versions(gameCode), sk: hash }),
  activations: (gameCode: GameCode) => `game-activations#${gameCode}`,
  activation: (gameCode: GameCode, number: number) => ({
    pk: gameVersionKeys.activations(gameCode),
    sk: String(number).padStart(NUMBER_DIGITS, '0'),
  }),
};

const instant = StoredInstant.transform(Number);
const VersionItem = z
  .object({
    pk: z.string(),
    gameCode: GameCode,
    sk: Sha256Hex,
    engineId: z.string().min(1),
    buildId: z.string().min(1),
    title: z.string().min(1),
    bets: StoredBets,
    stateRule: StoredStateRule,
    bonusEndMillionths: StoredBonusEnd.optional(),
    contract: z.literal('realtime').optional(),
    publishedAtMs: instant,
    retiredAtMs: instant.optional(),
  })
  .refine(({ pk, gameCode }) => pk === gameVersionKeys.versions(gameCode), 'another key');
const ActivationItem = z
  .object({
    pk: z.string(),
    sk: z.string(),
    gameCode: GameCode,
    number: z.bigint().min(1n).max(MAX_NUMBER).transform(Number),
    hash: Sha256Hex,
    activatedAtMs: instant,
  })
  .refine(({ pk, sk, gameCode, number }) => {
    const key = gameVersionKeys.activation(gameCode, number);
    return pk === key.pk && sk === key.sk;
  }, 'another key');

export function encodeGameVersion(version: GameVersion): NativeItem {
  const { gameCode, hash, engineId, buildId, title, bets, stateRule } = version;
  const { bonusEndMillionths, contract, publishedAtMs, retiredAtMs } = version;
  return {
    ...gameVersionKeys.version(gameCode, hash),
    gameCode,
    engineId,
    buildId,
    title,
    bets: bets.map(({ currency, allowedMinor }) => ({ currency, allowedMinor })),
    stateRule,
    ...(bonusEndMillionths !== undefined && { bonusEndMillionths }),
    ...(contract && { contract }),
    publishedAtMs: BigInt(publishedAtMs),
    ...(retiredAtMs !== undefined && { retiredAtMs: BigInt(retiredAtMs) }),
  };
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeGameVersion(item: unknown): GameVersion {
  const { pk: _, sk: hash, ...version } = stored(VersionItem, item, 'A version of a game');
  return { hash, ...version };
}

export function encodeActivation({ gameCode, number, hash, activatedAtMs }: Activation): NativeItem {
  const at = BigInt(activatedAtMs);
  return {
    ...gameVersionKeys.activation(gameCode, number),
    gameCode,
    number: BigInt(number),
    hash,
    activatedAtMs: at,
  };
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeActivation(item: unknown): Activation {
  const { pk: _, sk: __, ...activation } = stored(ActivationItem, item, 'The activation of a version');
  return activation;
}
