import { describe, expect, it } from 'vitest';
import { marshallItem } from '../../aws/attribute-values.fixture.ts';
import type { NativeItem, WireItem } from '../../aws/attribute-values.ts';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { signed } from '../../encryption/signed-item.ts';
import { intent } from '../any-round.fixture.ts';
import type { Freeze } from '../frozen-logs.ts';
import { decodeFreeze, encodeFreeze, isFreezeImage } from './frozen-log-item.ts';
import { encodeRound } from './round-codec.ts';

const frozen: Freeze = {
  logHash: 'a1b2c3d4e5f60718293',
  freezeId: '7d9f2a10-5b6c-4d7e-9f80-112233445566',
  frozenAtMs: 1_795_000_000_000,
  reason: 'A round was deleted',
  released: undefined,
};
const released: Freeze = { ...frozen, released: { atMs: 1_795_000_001_000, by: 'alice' } };

describe('The item of a freeze', () => {
  it.each([
    ['in force', frozen],
    ['that is released', released],
    ['of the year 1970', { ...frozen, frozenAtMs: 0 }],
  ])('A freeze %s is read as it was written', async (_, freeze) => {
    expect(await decodeFreeze(openMacs, await encodeFreeze(openMacs, freeze))).toEqual(freeze);
  });

  it('The item of a freeze in force says nothing of a release', async () => {
    const { mac, ...item } = await encodeFreeze(openMacs, frozen);
    expect(mac).toHaveLength(16);
    expect(item).toEqual({
      pk: frozen.logHash,
      sk: 'frozen',
      v: 1n,
      freezeId: frozen.freezeId,
      frozenAtMs: 1_795_000_000_000n,
      reason: frozen.reason,
    });
  });

  const flaws: Record<string, NativeItem> = {
    'the place of a round': { sk: '000000001' },
    'another version': { v: 2n },
    'an id that is no UUID': { freezeId: '1' },
    'a time below 1970': { frozenAtMs: -1n },
    'a time of its release that is text': { releasedAtMs: 'now' },
    'a reason that is a number': { reason: 5n },
    'a name that is a number': { releasedBy: 5n },
    'an attribute that no freeze has': { expiresAt: 5n },
  };
  it.each(Object.entries(flaws))(
    'A freeze with %s is refused, although its MAC is right',
    async (_, flaw) => {
      const { mac: __, ...item } = await encodeFreeze(openMacs, released);
      const forged = await signed(openMacs, { ...item, ...flaw }, 'frozenAtMs');
      await expect(decodeFreeze(openMacs, forged)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    },
  );

  it.each(['pk', 'sk', 'v', 'freezeId', 'frozenAtMs', 'reason', 'mac'])(
    'A freeze without its attribute %s is refused',
    async (name) => {
      const { [name]: _, ...rest } = await encodeFreeze(openMacs, released);
      await expect(decodeFreeze(openMacs, rest)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    },
  );

  it('A release without a name is one by nobody', async () => {
    const { mac: _, releasedBy: __, ...item } = await encodeFreeze(openMacs, released);
    const nameless = await signed(openMacs, item, 'frozenAtMs');
    expect(await decodeFreeze(openMacs, nameless)).toMatchObject({ released: { by: '' } });
  });
});

describe("A record of the ledger's stream", () => {
  it('It is about a freeze where its sort key says so, and about a round otherwise', async () => {
    const image = (item: NativeItem) => marshallItem(item) as WireItem;
    expect(isFreezeImage(image(await encodeFreeze(openMacs, frozen)))).toBe(true);
    expect(isFreezeImage(image(encodeRound(intent())))).toBe(false);
  });

  it.each([
    ['there is none', undefined],
    ['it has no sort key', {}],
    ['its sort key is null', { sk: null }],
    ['its sort key is bytes', { sk: { B: 'frozen' } }],
  ])('It is about no freeze where %s', (_, image) => {
    expect(isFreezeImage(image as WireItem | undefined)).toBe(false);
  });
});
