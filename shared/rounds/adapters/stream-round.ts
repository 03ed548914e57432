import * as z from 'zod';
import { nativeItem, type WireItem } from '../../aws/attribute-values.ts';
import { stored, StoredInstant } from '../../aws/stored.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { UncheckedRound } from '../round-macs.ts';
import { decodeRound } from './round-codec.ts';
import { RoundItem } from './round-item.ts';

/** These attributes are beside the round, and its MAC does not cover them. */
const RoundMarks = z.object({
  archived: z.literal(true).exactOptional(),
  claimed: StoredInstant.exactOptional(),
  claimedVoid: StoredInstant.exactOptional(),
  rung: z.literal(true).exactOptional(),
  rungVoid: z.literal(true).exactOptional(),
  confirmed: z.literal(true).exactOptional(),
});

const names = new Set([RoundMarks, ...RoundItem.options].flatMap(({ shape }) => Object.keys(shape)));

/**
 * Reads a round from the stream. @param image is part of a stream's record, as Lambda hands it over
 * @throws FaultError CORRUPT_RECORD, also where it has an attribute that the product never writes. Whoever adds one can
 * make the item too large for its next write.
 */
export function decodeStreamRound(image: WireItem): UncheckedRound {
  const item = nativeItem(image);
  const round = decodeRound(item);
  if (Object.keys(item).some((name) => !names.has(name)))
    throw new FaultError('CORRUPT_RECORD', 'A round has an attribute that is not its own');
  stored(RoundMarks, item, "A round's marks");
  return round;
}
