import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { FaultError } from '../../foundation/errors.ts';
import type { MacPlace, Macs } from '../macs.ts';
import { keyFor } from './context-key.ts';
import { monthOf } from './data-keys.ts';

const MAC_BYTES = 16;

interface DataKeys {
  of(keyId: number): Promise<KeyObject>;
  byId(keyId: number): Promise<KeyObject | undefined>;
}

/**
 * Makes MACs with HMAC-SHA-256 (RFC 2104), cut to 16 bytes as RFC 2104, section 5, allows. Each context has a key of its
 * own, derived from the month's data key.
 */
export class KmsMacs implements Macs {
  readonly #keys: DataKeys;

  constructor(keys: DataKeys) {
    this.#keys = keys;
  }

  async make({ atMs, context }: MacPlace, message: Uint8Array): Promise<Uint8Array> {
    return macOf(await this.#keys.of(monthOf(atMs)), context, message);
  }

  async remake({ atMs, context }: MacPlace, message: Uint8Array): Promise<Uint8Array> {
    const key = await this.#keys.byId(monthOf(atMs));
    if (!key) throw forged();
    return macOf(key, context, message);
  }

  async check(place: MacPlace, message: Uint8Array, mac: Uint8Array): Promise<void> {
    const wanted = await this.remake(place, message);
    if (mac.length !== MAC_BYTES || !timingSafeEqual(wanted, mac)) throw forged();
  }
}

function forged(): FaultError {
  return new FaultError('CORRUPT_RECORD', 'A stored record does not have its MAC');
}

function macOf(dataKey: KeyObject, context: string, message: Uint8Array): Uint8Array {
  const mac = createHmac('sha256', keyFor(dataKey, `mac#${context}`))
    .update(message)
    .digest();
  return new Uint8Array(mac.subarray(0, MAC_BYTES));
}
