import { createHash, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../shared/foundation/clock.ts';
import { type MinorAmount, minus, NOTHING } from '../../shared/money/money.ts';
import type { BookSelection } from '../../shared/wallets/wallet-books.ts';
import {
  amountOf,
  type Entry,
  type EntryKind,
  entryOf,
  isSameMovement,
  type Movement,
  text,
} from './entry.ts';
import { inTransaction, MAX_BALANCE_MINOR, openJournal } from './journal.ts';
import { type RefusalCode, WalletRefusal } from './refusal.ts';

export interface Player {
  readonly playerId: string;
  readonly currency: string;
  readonly balanceMinor: MinorAmount;
}

/** Players' money. Every method is one transaction of the database, committed when it returns. */
export class Accounts {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  /** @throws FaultError MISCONFIGURED where the folder cannot be used */
  constructor(directory: string, clock: Clock) {
    this.#database = openJournal(directory);
    this.#clock = clock;
  }

  close(): void {
    this.#database.close();
  }

  /** @throws WalletRefusal PLAYER_EXISTS */
  createPlayer(player: Player, token: string): void {
    inTransaction(this.#database, () => {
      if (this.find(player.playerId)) {
        throw new WalletRefusal('PLAYER_EXISTS', `There is a player ${player.playerId} already`);
      }
      const { playerId, currency, balanceMinor } = player;
      this.#database
        .prepare('INSERT INTO players (player_id, currency, token_hash, balance_minor) VALUES (?, ?, ?, 0)')
        .run(playerId, currency, hashOf(token));
      const nothing = { roundId: '', sessionId: '', gameCode: '' };
      const movement = {
        transactionId: `deposit:${playerId}`,
        playerId,
        amountMinor: balanceMinor,
        currency,
      };
      this.#append('deposit', { ...nothing, ...movement }, balanceMinor);
    });
  }

  find(playerId: string): Player | undefined {
    const row = this.#database
      .prepare('SELECT currency, balance_minor FROM players WHERE player_id = ?')
      .get(playerId);
    return row && { playerId, currency: text(row.currency), balanceMinor: amountOf(row.balance_minor) };
  }

  /** @throws WalletRefusal UNKNOWN_PLAYER, CURRENCY_MISMATCH */
  get(playerId: string, currency?: string): Player {
    const player = this.find(playerId);
    if (!player) throw new WalletRefusal('UNKNOWN_PLAYER', 'There is no such player');
    if (currency !== undefined && player.currency !== currency) {
      throw new WalletRefusal('CURRENCY_MISMATCH', `The player's account is in ${player.currency}`);
    }
    return player;
  }

  hasToken(playerId: string, token: string): boolean {
    const row = this.#database.prepare('SELECT token_hash FROM players WHERE player_id = ?').get(playerId);
    return row !== undefined && timingSafeEqual(row.token_hash as Uint8Array, hashOf(token));
  }

  /**
   * Takes a stake once, however often it is asked for. A refusal is final: the same debit gets it every time.
   * @param refusal why it is to be refused where it is not known yet: what an operator knows besides the balance
   * @throws WalletRefusal TRANSACTION_MISMATCH, TRANSACTION_ROLLED_BACK, UNKNOWN_PLAYER, CURRENCY_MISMATCH,
   *   INSUFFICIENT_FUNDS
   */
  debit(movement: Movement, refusal?: RefusalCode): Entry {
    const entry = inTransaction(this.#database, () => {
      const known = this.#known(movement, ['debit', 'rollback']);
      return known.rollback ?? known.debit ?? this.#takeStake('debit', movement, refusal);
    });
    return taken(entry);
  }

  /**
   * Takes a stake and pays its win, both or neither, once. What the win is decides nothing, but for a balance past all limits.
   * @throws WalletRefusal as a debit does, and BALANCE_LIMIT
   */
  betWin(movement: Movement, refusal?: RefusalCode): Entry {
    const entry = inTransaction(this.#database, () => {
      const known = this.#known(movement, ['bet-win', 'rollback']);
      return known.rollback ?? known['bet-win'] ?? this.#takeStake('bet-win', movement, refusal);
    });
    return taken(entry);
  }

  /**
   * Asks nothing about the round: a win is owed whether or not this wallet has seen a stake for it.
   * @throws WalletRefusal TRANSACTION_MISMATCH, UNKNOWN_PLAYER, CURRENCY_MISMATCH, BALANCE_LIMIT; none is remembered
   */
  credit(movement: Movement): Entry {
    return inTransaction(this.#database, () => {
      const known = this.#known(movement, ['credit']).credit;
      if (known) return known;
      this.get(movement.playerId, movement.currency);
      return this.#append('credit', movement, movement.amountMinor);
    });
  }

  /**
   * Gives a debit back, or undoes a bet-win. Where there is none, an entry keeps it from being taken later.
   * @throws WalletRefusal TRANSACTION_NOT_FOUND, TRANSACTION_MISMATCH; INSUFFICIENT_FUNDS, which is not remembered, where
   *   the win that is to be undone has been spent
   */
  rollback(movement: Movement): Entry {
    const entry = inTransaction(this.#database, () => {
      const known = this.#known(movement, ['debit', 'bet-win', 'rollback']);
      if (known.rollback) return known.rollback;
      const stake = known.debit ?? known['bet-win'];
      return stake && stake.refusal === undefined
        ? this.#append(
            'rollback',
            { ...movement, winMinor: stake.winMinor },
            minus(NOTHING, stake.changeMinor),
          )
        : this.#append('rollback', movement, NOTHING, 'TRANSACTION_NOT_FOUND');
    });
    if (entry.refusal !== undefined) {
      throw new WalletRefusal(
        'TRANSACTION_NOT_FOUND',
        'Nothing was taken under this id, and nothing will be',
      );
    }
    return entry;
  }

  /** Entries in the order they were written, of one player or of all, at most `limit` of those after `after`. */
  entries(
    playerId: string | undefined,
    { after, limit }: { readonly after: number; readonly limit: number },
  ) {
    const rows =
      playerId === undefined
        ? this.#database
            .prepare('SELECT * FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?')
            .all(after, limit)
        : this.#database
            .prepare('SELECT * FROM journal WHERE player_id = ? AND sequence > ? ORDER BY sequence LIMIT ?')
            .all(playerId, after, limit);
    return rows.map(entryOf);
  }

  /** What an operator's game server has asked for, in the order it was written, at most `limit` of those after `after`. */
  bookedFor(
    operatorId: string,
    selection: BookSelection,
    { after, limit }: { readonly after: number; readonly limit: number },
  ) {
    const [which, ...values] =
      'roundId' in selection
        ? (['round_id = ?', selection.roundId] as const)
        : (['at_ms >= ? AND at_ms < ?', selection.fromMs, selection.toMs] as const);
    return this.#database
      .prepare(
        `SELECT * FROM journal WHERE operator_id = ? AND ${which} AND sequence > ? ORDER BY sequence LIMIT ?`,
      )
      .all(operatorId, ...values, after, limit)
      .map(entryOf);
  }

  #takeStake(kind: 'debit' | 'bet-win', movement: Movement, given: RefusalCode | undefined): Entry {
    const changeMinor = minus(movement.winMinor ?? NOTHING, movement.amountMinor);
    const refusal = given ?? refusalOf(movement, this.find(movement.playerId), changeMinor);
    // A refusal is kept as well: a delayed copy of this debit must not be taken after the player has paid in.
    return this.#append(kind, movement, refusal ? NOTHING : changeMinor, refusal);
  }

  /** @throws WalletRefusal TRANSACTION_MISMATCH where the id stands for anything else */
  #known(movement: Movement, kinds: readonly EntryKind[]): Partial<Record<EntryKind, Entry>> {
    const entries = this.#database
      .prepare('SELECT * FROM journal WHERE transaction_id = ?')
      .all(movement.transactionId)
      .map(entryOf);
    for (const entry of entries) {
      if (!kinds.includes(entry.kind) || !isSameMovement(entry, movement)) {
        throw new WalletRefusal('TRANSACTION_MISMATCH', 'The transaction id is known for another movement');
      }
    }
    return Object.fromEntries(entries.map((entry) => [entry.kind, entry]));
  }

  #append(kind: EntryKind, movement: Movement, changeMinor: MinorAmount, refusal?: RefusalCode): Entry {
    const balanceMinor = (this.find(movement.playerId)?.balanceMinor ?? 0n) + changeMinor;
    if (balanceMinor < 0n) {
      throw new WalletRefusal('INSUFFICIENT_FUNDS', 'What is to be taken back has been spent');
    }
    if (balanceMinor > MAX_BALANCE_MINOR) {
      throw new WalletRefusal('BALANCE_LIMIT', 'The balance would be more than this wallet can hold');
    }
    this.#database
      .prepare('UPDATE players SET balance_minor = ? WHERE player_id = ?')
      .run(balanceMinor, movement.playerId);
    const row = this.#database
      .prepare(
        `INSERT INTO journal (at_ms, kind, transaction_id, round_id, player_id, session_id, game_code, amount_minor,
           win_minor, currency, change_minor, balance_minor, refusal, operator_id)
         VALUES (:atMs, :kind, :transactionId, :roundId, :playerId, :sessionId, :gameCode, :amountMinor,
           :winMinor, :currency, :changeMinor, :balanceMinor, :refusal, :operatorId) RETURNING *`,
      )
      .get({
        ...movement,
        winMinor: movement.winMinor ?? null,
        atMs: this.#clock.nowMs(),
        kind,
        changeMinor,
        balanceMinor,
        refusal: refusal ?? null,
        operatorId: movement.operatorId ?? '',
      });
    return entryOf(row ?? {});
  }
}

/** @throws WalletRefusal where the entry that answers a stake says that it is not, or no longer, taken */
function taken(entry: Entry): Entry {
  if (entry.kind === 'rollback') {
    throw new WalletRefusal('TRANSACTION_ROLLED_BACK', 'It was rolled back and can no longer be taken');
  }
  if (entry.refusal !== undefined) {
    throw new WalletRefusal(entry.refusal as RefusalCode, 'The stake was refused; nothing was taken');
  }
  return entry;
}

function refusalOf(
  stake: Movement,
  player: Player | undefined,
  changeMinor: MinorAmount,
): RefusalCode | undefined {
  if (!player) return 'UNKNOWN_PLAYER';
  if (player.currency !== stake.currency) return 'CURRENCY_MISMATCH';
  if (player.balanceMinor < stake.amountMinor) return 'INSUFFICIENT_FUNDS';
  return player.balanceMinor + changeMinor > MAX_BALANCE_MINOR ? 'BALANCE_LIMIT' : undefined;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
