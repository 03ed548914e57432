import * as z from 'zod';

const Response = z.nullable(
  z.object({
    batchItemFailures: z.optional(z.nullable(z.array(z.strictObject({ itemIdentifier: z.string().min(1) })))),
  }),
);

/**
 * Which items of a batch a function reported as failed (ReportBatchItemFailures).
 * As Lambda does it: no list means success, and an answer of another shape, or one that names an item that was
 * not in the batch, fails the whole batch.
 */
export function failedItems(answer: unknown, items: readonly string[]): ReadonlySet<string> {
  const response = Response.safeParse(answer);
  if (!response.success) return new Set(items);
  const failed = new Set(response.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((item) => items.includes(item)) ? failed : new Set(items);
}
