import type * as z from 'zod';
import { FaultError } from '../../domain/errors.ts';

/** Reads a stored item by its schema. @throws FaultError CORRUPT_RECORD naming `what` it should have been */
export function stored<S extends z.ZodType>(schema: S, item: unknown, what: string): z.output<S> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  throw new FaultError('CORRUPT_RECORD', `${what} does not have the form in which it is stored`, {
    cause: result.error,
  });
}
