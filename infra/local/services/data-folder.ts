import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { corrupt } from './database.ts';
import { ServiceError } from './error.ts';

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  release(): void;
}

/** How long a folder may still belong to a process that is on its way out. */
const RELEASE_TIMEOUT_MS = 2_000;

/** What SQLite answers (primary result code) where another process holds the lock. */
const SQLITE_BUSY = 5;

/**
 * Takes the folder for this process alone: two sets of services on the same files would corrupt them. The lock
 * is SQLite's, which the operating system lifts when the process dies, however it dies.
 * @throws ServiceError DATA_FOLDER_IN_USE, DATA_CORRUPT
 */
export function takeDataFolder(directory: string): DataFolder {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const file = join(path, 'lock.db');
  const lock = new DatabaseSync(file, { timeout: RELEASE_TIMEOUT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw corrupt(file, error);
    throw new ServiceError(
      'DATA_FOLDER_IN_USE',
      `${path} is in use by another local run. Stop that one, or set RGS_DATA to another folder.`,
    );
  }
  return { path, release: () => lock.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}
