import { isDeepStrictEqual } from 'node:util';
import { sameBytes } from '../foundation/bytes.ts';
import type { Authenticated } from './mac-message.ts';

/**
 * Names what is wrong with a change that the product never makes. An item was deleted. Or an older authentic item took the
 * place of a newer one, or of none.
 */
export type Violation = 'DELETED' | 'PUT_BACK';

/** A change of one stored item, whose images have been checked. */
export interface Change<T> {
  /** It is undefined where the item was put. */
  readonly before: T | undefined;
  /** It is undefined where the item was deleted. */
  readonly after: T | undefined;
}

/** The item has the time of its signing, which rises with every change. */
type SignedItem = Readonly<Record<string, Authenticated>>;

/** An item is stored as soon as it is signed, but two machines may have different clocks. */
const CLOCK_MARGIN_MS = 5 * 60_000;

/** Says whether an item that was stored at `atMs` is a new one, and not one that somebody had kept. */
export function wasJustSigned(signedAtMs: number, atMs: number): boolean {
  return signedAtMs >= atMs - CLOCK_MARGIN_MS;
}

/**
 * Judges the change of an item with the attribute `signedAtMs`. The product deletes none of them.
 * @param atMs when the table was written
 * @returns undefined where the change is one of the product's own
 */
export function violationOfSigned(
  { before, after }: Change<SignedItem>,
  atMs: number,
): Violation | undefined {
  if (!after) return 'DELETED';
  if (!before) return wasJustSigned(timeOf(after), atMs) ? undefined : 'PUT_BACK';
  if (timeOf(after) > timeOf(before)) return undefined;
  return isDeepStrictEqual(before, after) ? undefined : 'PUT_BACK';
}

/** Judges the change of an encrypted data key. It never changes once it is there, and it has no time. */
export function violationOfDataKey({ before, after }: Change<Uint8Array>): Violation | undefined {
  if (!after) return 'DELETED';
  return before && !sameBytes(before, after) ? 'PUT_BACK' : undefined;
}

function timeOf(item: SignedItem): number {
  return Number(item['signedAtMs']);
}
