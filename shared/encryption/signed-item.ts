import { type Authenticated, macMessage } from './mac-message.ts';
import type { MacPlace, Macs } from './macs.ts';

/** An item of a table, by the names of its attributes. */
type Item = Readonly<Record<string, Authenticated>>;

/** The time in this attribute tells whose month's key signs the item. */
type TimeAttribute = 'signedAtMs' | 'createdAtMs' | 'frozenAtMs';

/**
 * Signs an item before it is stored: gives it with its MAC, which covers all of its attributes and its key.
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function signed<I extends Item>(
  macs: Macs,
  item: I,
  time: TimeAttribute,
): Promise<I & { readonly mac: Uint8Array }> {
  return { ...item, mac: await macs.make(placeOf(item, time), macMessage(item)) };
}

/**
 * Checks an item as it was read, before anything follows from it. The result holds what the MAC covers and nothing else.
 * @throws FaultError CORRUPT_RECORD where it is not the item that was signed under this key; DependencyError
 * SERVICE_UNAVAILABLE
 */
export async function authentic<I extends Item>(
  macs: Macs,
  item: I,
  time: TimeAttribute,
): Promise<Omit<I, 'mac'>> {
  const { mac, ...attributes }: Item = item;
  const given = mac instanceof Uint8Array ? mac : new Uint8Array();
  await macs.check(placeOf(attributes, time), macMessage(attributes), given);
  return attributes as Omit<I, 'mac'>;
}

/** A key is always a text. Derivation takes a context of at most 1,024 bytes, and a key may be longer. The message has all of it. */
const MAX_CONTEXT_CHARACTERS = 300;

function placeOf(item: Item, time: TimeAttribute): MacPlace {
  const context = `item ${item['pk'] as string} ${item['sk'] as string}`.slice(0, MAX_CONTEXT_CHARACTERS);
  return { atMs: Number(item[time]), context };
}
