import type { NativeItem, NativeValue } from './attribute-values.ts';

/** Writes an item in DynamoDB's JSON. A stream's event has it so, with bytes in base64 and numbers as text. */
export function marshallItem(item: NativeItem): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, marshall(value)]));
}

function marshall(value: NativeValue): unknown {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'bigint') return { N: value.toString() };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  throw new Error('Ledger items are flat');
}
