import type * as z from 'zod';
import { RequestError } from '../../shared/domain/errors.ts';

/** What a function is invoked with by anything but the API. @throws RequestError INVALID_REQUEST naming each flaw */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const flaws = parsed.error.issues.map(({ path, message }) => ({ at: `/${path.join('/')}`, message }));
  const told = flaws.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new RequestError('INVALID_REQUEST', `The input is wrong: ${told}`, { flaws });
}
