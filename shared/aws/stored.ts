import * as z from 'zod';
import { FaultError } from '../foundation/errors.ts';

/** Counts milliseconds since 1970, as far as a Date reaches (ECMA-262, 21.4.1.1). */
export const StoredInstant = z.bigint().min(0n).max(8_640_000_000_000_000n);

/** `fetch` refuses an address with credentials. Such credentials would also appear in every log beside the address. */
export const StoredAddress = z.string().refine((text) => {
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '';
}, 'no http or https address without credentials');

/** Reads a stored item by its schema. @throws FaultError CORRUPT_RECORD, which names `what` the item should have been */
export function stored<S extends z.ZodType>(schema: S, item: unknown, what: string): z.output<S> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  throw new FaultError('CORRUPT_RECORD', `${what} does not have the form in which it is stored`, {
    cause: result.error,
  });
}
