import type * as z from 'zod';
import type { QueueBatch } from './parse-input.ts';

type QueueRecord = z.infer<typeof QueueBatch>['Records'][number];

/** A message that fails comes back later, and ends in the dead-letter queue with its payload. */
export interface FailedMessage {
  readonly messageId: string;
  readonly error: unknown;
}

/**
 * Gives the messages of a batch to `work`, which returns those that failed. A message that cannot be read fails as
 * well, and its neighbours proceed.
 */
export async function failedMessages<Message>(
  records: readonly QueueRecord[],
  read: (body: string) => Message,
  work: (messages: readonly Message[]) => Promise<ReadonlyMap<Message, unknown>>,
): Promise<FailedMessage[]> {
  const failures = new Map<string, unknown>();
  const messageIds = new Map<Message, string>();
  for (const { messageId, body } of records) {
    try {
      messageIds.set(read(body), messageId);
    } catch (error) {
      failures.set(messageId, error);
    }
  }
  for (const [message, error] of await work([...messageIds.keys()])) {
    failures.set(messageIds.get(message) as string, error);
  }
  return records
    .filter(({ messageId }) => failures.has(messageId))
    .map(({ messageId }) => ({ messageId, error: failures.get(messageId) }));
}
