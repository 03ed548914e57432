import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FaultError } from '../foundation/errors.ts';

/** An attribute can hold these values, in the domain's own types. */
export type NativeValue =
  | string
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly NativeValue[]
  | { readonly [name: string]: NativeValue };

export type NativeItem = Readonly<Record<string, NativeValue>>;

/** DynamoDB's wire form. The SDK gives binaries as bytes, and a stream's event gives them as base64. */
export type WireItem = Readonly<Record<string, WireValue>>;
type WireValue =
  | AttributeValue
  | { readonly B: string }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireItem };

/** Reads an integer. @throws FaultError CORRUPT_RECORD where the number is not an integer */
export function integerOf(text: string): bigint {
  if (isInteger(text)) return BigInt(text);
  throw new FaultError('CORRUPT_RECORD', 'A stored number is not an integer');
}

export function isInteger(text: string): boolean {
  return /^-?\d{1,38}$/.test(text);
}

/** DynamoDB nests no deeper. */
const MAX_DEPTH = 32;

/** Reads an item from its wire form. @throws FaultError CORRUPT_RECORD where it is none */
export function nativeItem(item: WireItem): NativeItem {
  return nativeMap(item, 0);
}

function nativeMap(map: object, depth: number): NativeItem {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, nativeValue(value, depth)]));
}

/** A stream's record comes as JSON, so nothing about its form is taken for granted. */
function nativeValue(value: unknown, depth: number): NativeValue {
  const { S, N, B, BOOL, NULL, L, M } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof S === 'string') return S;
  if (typeof N === 'string') return integerOf(N);
  if (typeof B === 'string') return new Uint8Array(Buffer.from(B, 'base64'));
  if (B instanceof Uint8Array) return B;
  if (typeof BOOL === 'boolean') return BOOL;
  if (NULL === true) return null;
  if (Array.isArray(L) && depth < MAX_DEPTH) return L.map((item) => nativeValue(item, depth + 1));
  if (typeof M === 'object' && M !== null && depth < MAX_DEPTH) return nativeMap(M, depth + 1);
  throw new FaultError('CORRUPT_RECORD', 'A stored attribute has a type that is never written');
}
