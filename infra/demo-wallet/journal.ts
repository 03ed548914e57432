import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultError } from '../../shared/foundation/errors.ts';
import { minorAmount } from '../../shared/money/money.ts';

const SCHEMA_VERSION = 3;

/** 18 digits: what fits SQLite's integers of 64 bits. Money in this wallet is pretended, so it may be less than elsewhere. */
export const MAX_BALANCE_MINOR = minorAmount(10n ** 18n - 1n);

/**
 * Amounts are integer minor units. Every entry of the journal stays as it was written; a player's balance is the sum
 * of the `change_minor` of their entries, kept beside it so that the database itself refuses one below zero.
 * An entry with a `refusal` moved nothing: it remembers what was answered, or that a debit must never be taken.
 */
const PLAYERS = `
  CREATE TABLE players (
    player_id TEXT PRIMARY KEY,
    currency TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    balance_minor INTEGER NOT NULL CHECK (balance_minor BETWEEN 0 AND ${MAX_BALANCE_MINOR})
  ) STRICT, WITHOUT ROWID;
`;

const JOURNAL = `
  CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('deposit', 'debit', 'credit', 'bet-win', 'rollback')),
    transaction_id TEXT NOT NULL,
    round_id TEXT NOT NULL,
    player_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    game_code TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    win_minor INTEGER CHECK (win_minor >= 0),
    currency TEXT NOT NULL,
    change_minor INTEGER NOT NULL CHECK (abs(change_minor) IN (0, abs(amount_minor - coalesce(win_minor, 0)))),
    balance_minor INTEGER NOT NULL,
    refusal TEXT CHECK (refusal IS NULL OR change_minor = 0),
    operator_id TEXT NOT NULL,
    UNIQUE (transaction_id, kind)
  ) STRICT;

  CREATE INDEX journal_by_player ON journal (player_id, sequence);
  CREATE INDEX journal_by_round ON journal (round_id, sequence);
  CREATE INDEX journal_by_time ON journal (operator_id, at_ms);
  CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER journal_loses_no_entries BEFORE DELETE ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

/** Version 1 knew no bet-win, version 2 no operators: what they have counts as the local run's. */
const fromVersion = (version: number) => `
  DROP TRIGGER journal_keeps_entries;
  DROP TRIGGER journal_loses_no_entries;
  DROP INDEX journal_by_player;
  ALTER TABLE journal RENAME TO journal_before;
  ${JOURNAL}
  INSERT INTO journal SELECT sequence, at_ms, kind, transaction_id, round_id, player_id, session_id, game_code,
    amount_minor, ${version === 1 ? 'NULL' : 'win_minor'}, currency, change_minor, balance_minor, refusal, 'demo'
    FROM journal_before ORDER BY sequence;
  DROP TABLE journal_before;
`;

/**
 * Opens the wallet's database, made if it is not there. FULL synchronous: what was acknowledged survives a power cut.
 * @throws FaultError MISCONFIGURED where the folder or the file cannot be used
 */
export function openJournal(directory: string): DatabaseSync {
  const file = join(directory, 'wallet.sqlite');
  try {
    mkdirSync(directory, { recursive: true });
    const database = new DatabaseSync(file, { readBigInts: true, timeout: 5_000 });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      inTransaction(database, () => migrate(database));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaultError('MISCONFIGURED', `The wallet cannot use ${file}: ${reason}`, { cause: error });
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new Error(`it has version ${version}, and this wallet writes ${SCHEMA_VERSION}`);
  }
  database.exec(version === 0 ? PLAYERS + JOURNAL : fromVersion(version));
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** All of `work` or nothing. The write lock is taken first, so what it reads is still true when it writes. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back after some errors, such as a full disk.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
