import { inTransaction, openDatabase } from './database.ts';

/** EventBridge hands an event to a target in this form. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StoredEvent {
  readonly sequence: number;
  readonly busName: string;
  readonly event: BusEvent;
  /** How often its delivery has failed. */
  readonly failures: number;
}

/** Holds the events that were accepted and not yet acknowledged, oldest first. */
export interface EventStore {
  add(accepted: readonly { event: BusEvent; busName: string }[]): void;
  /** Events that are due and not among those excluded. */
  due(nowMs: number, limit: number, excluded: ReadonlySet<number>): readonly StoredEvent[];
  acknowledge(sequence: number): void;
  postpone(sequence: number, untilMs: number): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS pending (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, busName TEXT NOT NULL, event TEXT NOT NULL,
    dueMs INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pendingByDue ON pending (dueMs, sequence);
`;

/** @throws ServiceError DATA_CORRUPT */
export function openEventStore(file: string): EventStore {
  const database = openDatabase(file, SCHEMA);
  const insert = database.prepare('INSERT INTO pending (busName, event, dueMs) VALUES (?, ?, 0)');
  // SQLite takes the excluded sequences as one JSON array, so the statement is prepared once.
  const select = database.prepare(
    `SELECT * FROM pending WHERE dueMs <= ? AND sequence NOT IN (SELECT value FROM json_each(?))
     ORDER BY dueMs, sequence LIMIT ?`,
  );
  const remove = database.prepare('DELETE FROM pending WHERE sequence = ?');
  const delay = database.prepare('UPDATE pending SET dueMs = ?, failures = failures + 1 WHERE sequence = ?');

  return {
    add(accepted) {
      inTransaction(database, () => {
        for (const { event, busName } of accepted) insert.run(busName, JSON.stringify(event));
      });
    },
    due: (nowMs, limit, excluded) => select.all(nowMs, JSON.stringify([...excluded]), limit).map(toStored),
    acknowledge: (sequence) => void remove.run(sequence),
    postpone: (sequence, untilMs) => void delay.run(untilMs, sequence),
    close: () => database.close(),
  };
}

function toStored(row: Record<string, unknown>): StoredEvent {
  return {
    sequence: Number(row.sequence),
    busName: String(row.busName),
    event: JSON.parse(String(row.event)) as BusEvent,
    failures: Number(row.failures),
  };
}
