import * as z from 'zod';
import type { Macs } from '../../encryption/macs.ts';
import { authentic, signed } from '../../encryption/signed-item.ts';
import type { NativeItem, WireItem } from '../../aws/attribute-values.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';
import type { Freeze } from '../frozen-logs.ts';
import { FROZEN } from './round-keys.ts';

const FrozenLogItem = z.strictObject({
  pk: z.string(),
  sk: z.literal(FROZEN),
  v: z.literal(1n),
  freezeId: z.uuid(),
  frozenAtMs: StoredInstant.transform(Number),
  reason: z.string(),
  releasedAtMs: StoredInstant.transform(Number).optional(),
  releasedBy: z.string().optional(),
});

/** Says whether a record of the stream is about the freeze of a log. */
export function isFreezeImage(image: WireItem | undefined): boolean {
  return (image?.['sk'] as { readonly S?: unknown } | undefined)?.S === FROZEN;
}

export function encodeFreeze(macs: Macs, freeze: Freeze): Promise<NativeItem> {
  const { logHash, freezeId, frozenAtMs, reason, released } = freeze;
  const item = {
    pk: logHash,
    sk: FROZEN,
    v: 1n,
    freezeId,
    frozenAtMs: BigInt(frozenAtMs),
    reason,
    ...(released && { releasedAtMs: BigInt(released.atMs), releasedBy: released.by }),
  };
  return signed(macs, item, 'frozenAtMs');
}

/** @throws FaultError CORRUPT_RECORD */
export async function decodeFreeze(macs: Macs, item: NativeItem): Promise<Freeze> {
  const attributes = await authentic(macs, item, 'frozenAtMs');
  const { pk, freezeId, frozenAtMs, reason, releasedAtMs, releasedBy } = stored(
    FrozenLogItem,
    attributes,
    'The freeze of a log',
  );
  const released = releasedAtMs === undefined ? undefined : { atMs: releasedAtMs, by: releasedBy ?? '' };
  return { logHash: pk, freezeId, frozenAtMs, reason, released };
}
