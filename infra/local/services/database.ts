import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ServiceError } from './error.ts';

/** SQLite waits this long for another process's write before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a database that survives a crash of the process and of the machine, readable by its owner only.
 * @throws ServiceError DATA_CORRUPT
 */
export function openDatabase(file: string, schema: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
    return database;
  } catch (error) {
    throw corrupt(file, error);
  }
}

/** Does all of the work or, where it throws, none of it. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export function corrupt(file: string, cause: unknown): ServiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError(
    'DATA_CORRUPT',
    `${file} cannot be used (${reason}). Restore it, or remove the data folder to start empty.`,
    cause,
  );
}
