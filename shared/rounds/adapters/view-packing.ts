import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FaultError } from '../../foundation/errors.ts';

/** This is far more than an item can hold, and far less than a function's memory. */
const MAX_VIEW_BYTES = 4 * 1024 * 1024;

/** The type tells the two forms apart: text as the engine wrote it, or bytes (RFC 1951) where those are fewer. */
export function packView(view: string): string | Uint8Array {
  const plain = Buffer.from(view);
  const packed = deflateRawSync(plain, { level: 9 });
  return packed.length < plain.length ? packed : view;
}

/** @throws FaultError CORRUPT_RECORD */
export function unpackView(stored: string | Uint8Array): string {
  if (typeof stored === 'string') return stored;
  try {
    const plain = inflateRawSync(stored, { maxOutputLength: MAX_VIEW_BYTES });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', "A stored round's view cannot be read", { cause });
  }
}
