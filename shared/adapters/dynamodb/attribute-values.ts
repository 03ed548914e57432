import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FaultError } from '../../domain/errors.ts';

/** What an attribute can hold in the domain's own types. */
export type NativeValue =
  | string
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly NativeValue[]
  | { readonly [name: string]: NativeValue };

export type NativeItem = Readonly<Record<string, NativeValue>>;

/** DynamoDB's wire form, as the SDK has it (bytes) or as a stream's event has it (base64). */
export type WireItem = Readonly<Record<string, WireValue>>;
type WireValue =
  | AttributeValue
  | { readonly B: string }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireItem };

/** @throws FaultError CORRUPT_RECORD where the number is not an integer */
export function integerOf(text: string): bigint {
  if (/^-?\d{1,38}$/.test(text)) return BigInt(text);
  throw new FaultError('CORRUPT_RECORD', 'A stored number is not an integer');
}

/** @throws FaultError CORRUPT_RECORD */
export function nativeItem(item: WireItem): NativeItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, nativeValue(value)]));
}

function nativeValue(value: WireValue): NativeValue {
  if ('S' in value && value.S !== undefined) return value.S;
  if ('N' in value && value.N !== undefined) return integerOf(value.N);
  if ('B' in value && value.B !== undefined) return bytesOf(value.B);
  if ('BOOL' in value && value.BOOL !== undefined) return value.BOOL;
  if ('NULL' in value && value.NULL) return null;
  if ('L' in value && value.L !== undefined) return value.L.map(nativeValue);
  if ('M' in value && value.M !== undefined) return nativeItem(value.M);
  throw new FaultError('CORRUPT_RECORD', 'A stored attribute has a type that is never written');
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}
