import * as z from 'zod';
import type { Macs } from '../../encryption/macs.ts';
import { macMessage } from '../../encryption/mac-message.ts';
import type { NativeItem, WireItem } from '../../aws/attribute-values.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';
import type { Freeze } from '../frozen-logs.ts';
import { FROZEN } from './round-keys.ts';

const FrozenLogItem = z.strictObject({
  pk: z.string(),
  sk: z.literal(FROZEN),
  v: z.literal(1n),
  freezeId: z.uuid(),
  frozenAt: StoredInstant.transform(Number),
  reason: z.string(),
  releasedAt: StoredInstant.transform(Number).optional(),
  releasedBy: z.string().optional(),
  mac: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'not bytes'),
});

/** Says whether a record of the stream is about the freeze of a log. */
export function isFreezeImage(image: WireItem | undefined): boolean {
  return (image?.['sk'] as { readonly S?: unknown } | undefined)?.S === FROZEN;
}

export async function encodeFreeze(macs: Macs, freeze: Freeze): Promise<NativeItem> {
  const { logHash, freezeId, frozenAtMs, reason, released } = freeze;
  return {
    pk: logHash,
    sk: FROZEN,
    v: 1n,
    freezeId,
    frozenAt: BigInt(frozenAtMs),
    reason,
    ...(released && { releasedAt: BigInt(released.atMs), releasedBy: released.by }),
    mac: await macs.make(placeOf(freeze), messageOf(freeze)),
  };
}

/** @throws FaultError CORRUPT_RECORD */
export async function decodeFreeze(macs: Macs, item: unknown): Promise<Freeze> {
  const { pk, freezeId, frozenAt, reason, releasedAt, releasedBy, mac } = stored(
    FrozenLogItem,
    item,
    'The freeze of a log',
  );
  const released = releasedAt === undefined ? undefined : { atMs: releasedAt, by: releasedBy ?? '' };
  const freeze = { logHash: pk, freezeId, frozenAtMs: frozenAt, reason, released };
  await macs.check(placeOf(freeze), messageOf(freeze), mac);
  return freeze;
}

function placeOf({ logHash, frozenAtMs }: Freeze) {
  return { atMs: frozenAtMs, context: `freeze#${logHash}` };
}

function messageOf(freeze: Freeze): Uint8Array {
  return macMessage({ ...freeze });
}
