import { hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/**
 * Derives the key of one context (HKDF, RFC 5869). Random IVs are safe for 2^32 messages under one key (NIST SP
 * 800-38D, 8.3). A month of a busy stage would come near that number, and a context has a handful.
 */
export function keyFor(dataKey: KeyObject, context: string): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey, '', context, KEY_BYTES));
}
