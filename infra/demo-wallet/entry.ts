import type { SQLOutputValue } from 'node:sqlite';
import { type MinorAmount, minorAmount } from '../../shared/money/money.ts';

/** One movement as it is asked for. The same id with anything else different is another movement. */
export interface Movement {
  readonly transactionId: string;
  readonly roundId: string;
  readonly playerId: string;
  readonly sessionId: string;
  readonly gameCode: string;
  /** Of a bet-win, the stake. */
  readonly amountMinor: MinorAmount;
  /** Of a bet-win, what it pays besides. Its rollback does not say it. */
  readonly winMinor?: MinorAmount | undefined;
  readonly currency: string;
  /** Who asked for it: one such wallet serves every operator that signs with its secret. */
  readonly operatorId?: string | undefined;
}

export type EntryKind = 'deposit' | 'debit' | 'credit' | 'bet-win' | 'rollback';

export interface Entry extends Movement {
  readonly sequence: number;
  readonly atMs: number;
  readonly kind: EntryKind;
  /** What it did to the balance: below zero for a debit, zero where it was refused. */
  readonly changeMinor: MinorAmount;
  /** The balance after it. */
  readonly balanceMinor: MinorAmount;
  readonly refusal: string | undefined;
}

export function isSameMovement(known: Movement, asked: Movement): boolean {
  return (
    known.roundId === asked.roundId &&
    known.playerId === asked.playerId &&
    known.sessionId === asked.sessionId &&
    known.gameCode === asked.gameCode &&
    known.amountMinor === asked.amountMinor &&
    known.currency === asked.currency &&
    (known.winMinor === asked.winMinor || known.winMinor === undefined || asked.winMinor === undefined)
  );
}

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** @throws TypeError where the row is not one of the journal's */
export function entryOf(row: Row): Entry {
  return {
    sequence: Number(row.sequence),
    atMs: Number(row.at_ms),
    kind: text(row.kind) as EntryKind,
    transactionId: text(row.transaction_id),
    roundId: text(row.round_id),
    playerId: text(row.player_id),
    sessionId: text(row.session_id),
    gameCode: text(row.game_code),
    amountMinor: amountOf(row.amount_minor),
    winMinor: row.win_minor === null ? undefined : amountOf(row.win_minor),
    currency: text(row.currency),
    changeMinor: amountOf(row.change_minor),
    balanceMinor: amountOf(row.balance_minor),
    refusal: row.refusal === null ? undefined : text(row.refusal),
  };
}

export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('The journal holds something else than text');
  return value;
}

export function amountOf(value: SQLOutputValue | undefined): MinorAmount {
  return minorAmount(integer(value));
}

function integer(value: SQLOutputValue | undefined): bigint {
  if (typeof value !== 'bigint') throw new TypeError('The journal holds something else than an integer');
  return value;
}
