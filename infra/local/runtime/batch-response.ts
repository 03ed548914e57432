import * as z from 'zod';

const Response = z.nullable(
  z.object({
    batchItemFailures: z.optional(z.nullable(z.array(z.strictObject({ itemIdentifier: z.string().min(1) })))),
  }),
);

/**
 * Tells which items of a batch a function reported as failed (ReportBatchItemFailures). It does as Lambda does. No list
 * means success. An answer of another shape, or one that names an item from elsewhere, fails the whole batch.
 */
export function failedItems(answer: unknown, items: readonly string[]): ReadonlySet<string> {
  const response = Response.safeParse(answer);
  if (!response.success) return new Set(items);
  const failed = new Set(response.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((item) => items.includes(item)) ? failed : new Set(items);
}
