import type { NativeItem } from '../../aws/attribute-values.ts';
import { signed } from '../../encryption/signed-item.ts';
import type { ConfigTable } from './config-table.ts';

/**
 * Signs an item and says how it is put in the place of the one that was read before. Its time rises with every change,
 * whatever the clocks of two machines say.
 */
export async function signedPut(
  { tableName: TableName, macs, clock }: ConfigTable,
  item: NativeItem,
  before: NativeItem | undefined,
) {
  const earliestMs = before === undefined ? 0n : timeOf(before) + 1n;
  const nowMs = BigInt(clock.nowMs());
  const signedAtMs = nowMs > earliestMs ? nowMs : earliestMs;
  const Item = await signed(macs, { ...item, signedAtMs }, 'signedAtMs');
  return { TableName, Item, ...unchanged(before) };
}

/** The condition holds while nobody has changed an item since it was read, or while nobody has made it. */
export function unchanged(before: NativeItem | undefined) {
  return before === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'signedAtMs = :before',
        ExpressionAttributeValues: { ':before': timeOf(before) },
      };
}

/** The item has been checked, so it has what every signed item has. */
function timeOf({ signedAtMs }: NativeItem): bigint {
  return signedAtMs as bigint;
}
