import type { NativeItem, NativeValue } from './attribute-values.ts';

/** DynamoDB refuses anything larger. */
export const MAX_ITEM_BYTES = 400 * 1024;

/** One write unit covers this many bytes. */
export const WRITE_UNIT_BYTES = 1024;

const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

/**
 * Counts the bytes of an item by the rules of DynamoDB's developer guide ("DynamoDB item sizes and formats"). Names and
 * strings count in UTF-8, binaries as they are, and numbers by their significant digits.
 */
export function itemSize(item: NativeItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueSize(value);
  return bytes;
}

function valueSize(value: NativeValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'bigint') return numberSize(value);
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  const values = Object.values(value);
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return (
    CONTAINER_BYTES +
    names.reduce((bytes, name) => bytes + Buffer.byteLength(name), 0) +
    values.reduce((bytes, element) => bytes + ELEMENT_BYTES + valueSize(element), 0)
  );
}

/**
 * A number takes one byte for every two significant digits, and one more. A sign takes another, which the guide leaves
 * out.
 */
function numberSize(value: bigint): number {
  const digits = value.toString().replace('-', '').replace(/0+$/, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0n ? 1 : 0);
}
