import type { NativeItem } from '../../aws/attribute-values.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { RoundLog } from '../../foundation/ids.ts';
import { isSameLog } from '../round-address.ts';
import type { RoundMacs } from '../round-macs.ts';
import type { Round } from '../round.ts';
import { decodeRound } from './round-codec.ts';

/**
 * Reads a round from its item. Two logs that have the same hash cannot both be kept. The second one is refused.
 * @throws FaultError CORRUPT_RECORD
 */
export async function checkedRound(
  macs: RoundMacs,
  item: NativeItem,
  log: RoundLog | undefined,
): Promise<Round> {
  const round = await macs.check(decodeRound(item));
  if (!log || isSameLog(round.log, log)) return round;
  throw new FaultError('CORRUPT_RECORD', 'Another log of rounds has the same hash');
}
