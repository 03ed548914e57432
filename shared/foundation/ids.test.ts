import { describe, expect, it } from 'vitest';
import {
  CurrencyCode,
  GameCode,
  MAX_ROUND_NUMBER,
  OperatorId,
  PlayerId,
  RoundId,
  RoundNumber,
  SessionId,
  Sha256Hex,
  WalletId,
  newSessionId,
} from './ids.ts';

const address = '3f1c2a4e-0b1d-8c5e-8000-0001a1b2c3d4';
const uuid = '7d9f2a10-5b6c-4d7e-9f80-112233445566';
const ids = {
  operator: [
    OperatorId,
    ['a', '7', 'demo-2', 'a-', 'a'.repeat(32)],
    ['', '-a', 'A', 'a_b', ' a', 'a ', 'a'.repeat(33), 'Aa', 'a\n'],
  ],
  wallet: [
    WalletId,
    ['a', '7', 'main-2', 'a'.repeat(16)],
    ['', '-a', 'A', 'a_b', ' a', 'a ', 'aA', 'a'.repeat(17), 'a\n'],
  ],
  game: [
    GameCode,
    ['a', '7', 'happy-panda', 'a'.repeat(48)],
    ['', '-a', 'Happy', 'a_b', ' a', 'a ', 'a'.repeat(49), 'a\n'],
  ],
  player: [
    PlayerId,
    ['p', 'P', '7', 'Ab.c_d:e@f-1', 'a'.repeat(64)],
    ['', '.a', 'a b', 'a#b', ' a', 'a ', 'a'.repeat(65), 'ü', 'a\n'],
  ],
  session: [SessionId, [uuid], ['', 'x', uuid.slice(1), `${uuid}0`, uuid.replace('-4', '-1')]],
  round: [RoundId, [address], ['', 'x', address.slice(1), `${address}0`, uuid]],
  currency: [
    CurrencyCode,
    ['EUR', 'USDT', 'ABCDE'],
    ['', 'EU', 'eur', 'ABCDEF', ' EUR', 'EUR ', 'EU1', 'aEUR', 'EURa'],
  ],
  hash: [
    Sha256Hex,
    ['0123456789abcdef'.repeat(4)],
    ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)],
  ],
  'round number': [RoundNumber, [1, 2, MAX_ROUND_NUMBER], [0, -1, 1.5, MAX_ROUND_NUMBER + 1, '1']],
} as const;

describe.each(Object.entries(ids))('the form of a %s', (_, [schema, good, bad]) => {
  it.each(good as readonly unknown[])('accepts %j', (value) => {
    expect(schema.parse(value)).toBe(value);
  });

  it.each(bad as readonly unknown[])('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

it('A new session has the UUID that was drawn as its id', () => {
  expect(newSessionId({ uuid: () => uuid, bytes: () => new Uint8Array() })).toBe(uuid);
});
