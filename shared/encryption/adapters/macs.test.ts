import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KmsMacs } from './macs.ts';

const november = createSecretKey(new Uint8Array(32).fill(11));
const december = createSecretKey(new Uint8Array(32).fill(12));

/** Keeps the keys of these months, and makes no other unless it is asked for. */
function macsWith(keys: Map<number, KeyObject>) {
  return new KmsMacs({
    byId: async (keyId) => keys.get(keyId),
    of: async (keyId) => {
      const key = keys.get(keyId) ?? createSecretKey(new Uint8Array(32).fill(keyId % 100));
      keys.set(keyId, key);
      return key;
    },
  });
}

const macs = macsWith(
  new Map([
    [202_611, november],
    [202_612, december],
  ]),
);
const place = { atMs: Date.UTC(2026, 10, 30), context: 'demo#player123#coin#1' };
const message = new TextEncoder().encode('a won round');
const refused = { code: 'CORRUPT_RECORD' };

describe('a MAC', () => {
  it('keeps its form, because every later build checks what was stored once', async () => {
    expect(Buffer.from(await macs.make(place, message)).toString('hex')).toBe(
      '2874f8f2ee7a0c08d9e71e35a3793826',
    );
  });

  it('is accepted for its message at its place', async () => {
    await expect(macs.check(place, message, await macs.make(place, message))).resolves.toBeUndefined();
  });

  it('is refused with any bit changed, or cut short, or made longer', async () => {
    const mac = await macs.make(place, message);
    for (let bit = 0; bit < mac.length * 8; bit += 1) {
      const changed = mac.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(macs.check(place, message, changed), `bit ${bit}`).rejects.toMatchObject(refused);
    }
    for (const other of [new Uint8Array(), mac.subarray(1), new Uint8Array([...mac, 0])])
      await expect(macs.check(place, message, other)).rejects.toMatchObject(refused);
  });

  it('is refused for another message, in another place, and in another month', async () => {
    const mac = await macs.make(place, message);
    const others = [
      macs.check(place, message.subarray(1), mac),
      macs.check({ ...place, context: 'demo#player123#coin#2' }, message, mac),
      macs.check({ ...place, atMs: Date.UTC(2026, 11, 1) }, message, mac),
    ];
    for (const other of others) await expect(other).rejects.toMatchObject(refused);
  });

  it('is made under the key of its month, and that key is made where the month has none', async () => {
    const keys = new Map<number, KeyObject>();
    await macsWith(keys).make(place, message);
    expect([...keys.keys()]).toEqual([202_611]);
  });

  it('makes no key where it is checked, so a record of a month without a key is refused', async () => {
    const keys = new Map<number, KeyObject>();
    await expect(macsWith(keys).check(place, message, new Uint8Array(16))).rejects.toMatchObject(refused);
    expect(keys.size).toBe(0);
  });
});
