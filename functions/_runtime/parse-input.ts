import * as z from 'zod';
import { RequestError } from '../../shared/foundation/errors.ts';

/** What AWS wraps what it hands over in. Records of a stream are read one by one, so that one of them holds up no other. */
export const StreamBatch = z.object({ Records: z.array(z.unknown()) });
export const QueueBatch = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});
export const Delivery = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/** What a function is invoked with by anything but the API. @throws RequestError INVALID_REQUEST naming each flaw */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const flaws = parsed.error.issues.map(({ path, message }) => ({ at: `/${path.join('/')}`, message }));
  const told = flaws.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new RequestError('INVALID_REQUEST', `The input is wrong: ${told}`, { flaws });
}
