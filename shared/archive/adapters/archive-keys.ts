import type { OperatorId } from '../../foundation/ids.ts';

export function operatorFolder(operatorId: OperatorId): string {
  return `rounds/operator=${operatorId}/`;
}

/**
 * Names the folder in which the archive keeps the rounds of an operator that began on a day in UTC, however late they
 * ended. Reports are by day (GLI-19 V3.0, 2.9.1).
 */
export function dayFolder(operatorId: OperatorId, atMs: number): string {
  return `${operatorFolder(operatorId)}date=${new Date(atMs).toISOString().slice(0, 10)}/`;
}

export function hourFolder(operatorId: OperatorId, atMs: number): string {
  return `${dayFolder(operatorId, atMs)}hour=${new Date(atMs).toISOString().slice(11, 13)}/`;
}

/**
 * The names of the files with the rounds that began in a minute begin with this. A short period is therefore found without
 * listing its whole day.
 */
export function minutePrefix(operatorId: OperatorId, atMs: number): string {
  return `${hourFolder(operatorId, atMs)}${new Date(atMs).toISOString().slice(14, 16)}-`;
}

/** Reads the operator from a name. It is undefined where the name belongs to no operator. */
export function operatorOf(key: string): string | undefined {
  return /^rounds\/operator=([^/]+)\//.exec(key)?.[1];
}
