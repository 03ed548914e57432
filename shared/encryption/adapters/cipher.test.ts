import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../aws/random.ts';
import { KmsCipher } from './cipher.ts';

const month = { keyId: 202_611 };
const keys = new Map([
  [202_610, createSecretKey(randomBytes(32))],
  [202_611, createSecretKey(randomBytes(32))],
]);
const cipher = new KmsCipher(
  {
    current: async () => ({ keyId: month.keyId, key: keys.get(month.keyId)! }),
    byId: async (keyId) => keys.get(keyId),
  },
  systemRandom,
);
const context = 'demo#player123#happy-panda#42#start';
const secret = Uint8Array.from({ length: 48 }, (_, index) => index);

describe('sealed bytes', () => {
  it('open to the content that was sealed, for any bytes and any context', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.string({ maxLength: 200 }),
        async (plain, bound) => {
          expect(await cipher.open(await cipher.seal(plain, bound), bound)).toEqual(plain);
        },
      ),
    );
  });

  it('are 33 bytes longer than their content: version, key, IV and tag', async () => {
    const sealed = await cipher.seal(secret, context);
    expect(sealed).toHaveLength(48 + 33);
    expect(sealed[0]).toBe(1);
    expect(Buffer.from(sealed).readUInt32BE(1)).toBe(202_611);
  });

  it('are never the same twice', async () => {
    const twice = await Promise.all([cipher.seal(secret, context), cipher.seal(secret, context)]);
    expect(twice[0]).not.toEqual(twice[1]);
  });

  it('do not open with any bit changed', async () => {
    const sealed = await cipher.seal(secret, context);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(cipher.open(changed, context), `bit ${bit}`).rejects.toMatchObject({
        code: 'CORRUPT_RECORD',
      });
    }
  });

  it('do not open when cut short or made longer', async () => {
    const sealed = await cipher.seal(secret, context);
    const others = [
      new Uint8Array(0),
      sealed.subarray(0, 32),
      sealed.subarray(0, -1),
      Buffer.concat([sealed, sealed]),
    ];
    for (const bytes of others) {
      await expect(cipher.open(bytes, context)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    }
  });

  it('do not open in the place of another record', async () => {
    const sealed = await cipher.seal(secret, context);
    for (const other of ['', `${context}x`, context.replace('42', '43'), context.replace('start', 'end')]) {
      await expect(cipher.open(sealed, other)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    }
  });

  it('open in a later month', async () => {
    month.keyId = 202_610;
    const sealed = await cipher.seal(secret, context);
    month.keyId = 202_611;
    expect(await cipher.open(sealed, context)).toEqual(secret);
  });
});
