import { readJson } from '../../foundation/json-text.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads one JSON object that has no name twice. @returns undefined for anything else */
export function readJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = readJson(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
