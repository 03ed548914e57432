import * as z from 'zod';
import { RequestError } from '../../shared/foundation/errors.ts';

/** AWS wraps a batch in this form. Records of a stream are read one by one, so that no record holds up another. */
export const StreamBatch = z.object({ Records: z.array(z.unknown()) });
export const QueueBatch = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});
export const Delivery = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/** Reads the input of a function that the API does not invoke. @throws RequestError INVALID_REQUEST, naming each flaw */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const flaws = parsed.error.issues.map(({ path, message }) => ({ at: `/${path.join('/')}`, message }));
  const told = flaws.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new RequestError('INVALID_REQUEST', `The input is wrong: ${told}`, { flaws });
}
