import { describe, expect, it } from 'vitest';
import { macMessage } from './mac-message.ts';
import { macsOfTest, openMacs } from './macs.fixture.ts';
import type { MacPlace, Macs } from './macs.ts';
import { authentic, signed } from './signed-item.ts';

const atMs = Date.UTC(2026, 10, 30);
const item = { pk: 'operator#demo', sk: 'operator', enabled: true, signedAtMs: atMs };

/** Tells where the MAC of an item would be made. */
async function placeOf(wanted: Readonly<Record<string, string | number>>): Promise<MacPlace | undefined> {
  let asked: MacPlace | undefined;
  const macs: Macs = {
    ...openMacs,
    async make(place) {
      asked = place;
      return new Uint8Array();
    },
  };
  await signed(macs, wanted, 'frozenAtMs');
  return asked;
}

describe('A signed item', () => {
  it('The item is given back as it was signed, without its MAC', async () => {
    const stored = await signed(openMacs, item, 'signedAtMs');
    expect(stored).toEqual({ ...item, mac: expect.any(Uint8Array) });
    expect(await authentic(openMacs, stored, 'signedAtMs')).toEqual(item);
  });

  it('The MAC is made at the time that the item tells, and for its key', async () => {
    const place = { atMs, context: 'item operator#demo operator' };
    const mac = await openMacs.make(place, macMessage(item));
    expect(await signed(openMacs, item, 'signedAtMs')).toEqual({ ...item, mac });
  });

  it('The context is cut at 300 characters', async () => {
    const frozen = { pk: 'p'.repeat(400), sk: 's', frozenAtMs: 7 };
    expect(await placeOf(frozen)).toEqual({ atMs: 7, context: `item ${'p'.repeat(295)}` });
  });

  it.each([
    ['another value', { enabled: false }],
    ['another key', { sk: 'operator#other' }],
    ['another time', { signedAtMs: atMs + 1 }],
    ['one attribute more', { walletUrl: 'https://wallet.example' }],
    ['the MAC of nothing', { mac: new Uint8Array(16) }],
    ['a MAC that is no bytes', { mac: 'text' }],
    ['no MAC', { mac: undefined }],
  ])('An item with %s is refused', async (_, given) => {
    const stored = { ...(await signed(openMacs, item, 'signedAtMs')), ...given };
    await expect(authentic(openMacs, stored, 'signedAtMs')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('An item that was signed with other keys is refused', async () => {
    const stored = await signed(macsOfTest(2), item, 'signedAtMs');
    await expect(authentic(openMacs, stored, 'signedAtMs')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});
