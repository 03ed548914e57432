import { randomUUID } from 'node:crypto';
import type { GameCode, OperatorId, PlayerId, RoundId, SessionId, TransactionId, WalletId } from './ids.ts';

/** Makes ids for tests. Nothing is checked, so that a test can also make one that every schema refuses. */
export const ids = {
  operator: (id: string) => id as OperatorId,
  wallet: (id: string) => id as WalletId,
  player: (id: string) => id as PlayerId,
  session: (id: string) => id as SessionId,
  round: (id: string) => id as RoundId,
  /** Makes an id in the form of the real ones. No two are the same. */
  randomRound: () => randomUUID().replace(/^(.{14})4/, '$18') as RoundId,
  transaction: (id: string) => id as TransactionId,
  game: (code: string) => code as GameCode,
};
