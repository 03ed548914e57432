import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { AwsError, operation, startAwsJson } from './aws-json.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './endpoints.ts';
import { startDelivery } from './event-delivery.ts';
import { openEventStore } from './event-store.ts';
import type { RunningService } from './loopback.ts';

/** An event as EventBridge hands it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** `busName` is the bus the event was put on; rules are matched by the receiver with `matchesPattern`. */
export type EventHandler = (event: BusEvent, busName: string) => Promise<void>;

export interface EventBus extends RunningService {
  /** Makes the bus accept events. */
  ensureBus(name: string): void;
  /** Hands every accepted event to the handler until it resolves: at least once, also after a restart. */
  deliverEvents(handler: EventHandler): void;
}

export interface EventBusOptions {
  readonly dataDirectory: string;
  readonly port?: number;
}

/** EventBridge's limit on the entries of one request taken together. */
const MAX_REQUEST_BYTES = 256 * 1024;

const entrySchema = z.object({
  EventBusName: z.string().optional(),
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Seconds since 1970, as the SDK sends it. */
  Time: z.number().optional(),
});
type Entry = z.output<typeof entrySchema>;

const putEventsInput = z
  .object({ Entries: z.array(entrySchema).min(1).max(10) })
  .refine(
    ({ Entries }) => sizeOf(Entries) <= MAX_REQUEST_BYTES,
    'Total size of the entries in the request is over the limit.',
  );

/** Serves PutEvents. An event is on the disk before its sender hears that it was accepted. */
export async function startEventBus(options: EventBusOptions): Promise<EventBus> {
  const store = openEventStore(join(options.dataDirectory, 'events.db'));
  const delivery = startDelivery(store);
  const buses = new Set(['default']);
  const service = await startAwsJson({
    targetPrefix: 'AWSEvents',
    operations: { PutEvents: operation(putEventsInput, ({ Entries }) => putEvents(Entries)) },
    port: options.port,
  });

  function putEvents(entries: readonly Entry[]) {
    const results = entries.map((entry) => accept(entry, buses));
    store.add(results.flatMap(({ accepted }) => (accepted ? [accepted] : [])));
    delivery.wake();
    const replies = results.map(({ reply }) => reply);
    return { FailedEntryCount: replies.filter((reply) => 'ErrorCode' in reply).length, Entries: replies };
  }

  return {
    endpoint: service.endpoint,
    ensureBus: (name) => void buses.add(name),
    deliverEvents: (handler) => delivery.deliverTo(handler),
    async stop() {
      await service.stop();
      await delivery.stop();
      store.close();
    },
  };
}

type EntryReply =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

function accept(
  entry: Entry,
  buses: ReadonlySet<string>,
): { reply: EntryReply; accepted?: { event: BusEvent; busName: string } } {
  try {
    // A bus is named by its name or its ARN.
    const busName = entry.EventBusName?.split('/').at(-1) ?? 'default';
    if (!buses.has(busName))
      throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    const event = toEvent(entry);
    return { reply: { EventId: event.id }, accepted: { event, busName } };
  } catch (error) {
    if (error instanceof AwsError) return { reply: { ErrorCode: error.type, ErrorMessage: error.message } };
    throw error;
  }
}

function toEvent(entry: Entry): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': required('DetailType', entry.DetailType),
    source: required('Source', entry.Source),
    account: LOCAL_ACCOUNT,
    time: new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: entry.Resources ?? [],
    detail: parseDetail(required('Detail', entry.Detail)),
  };
}

function required(name: string, value: string | undefined): string {
  if (value) return value;
  throw new AwsError(
    'InvalidArgument',
    `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  );
}

function parseDetail(text: string): BusEvent['detail'] {
  try {
    const detail: unknown = JSON.parse(text);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail))
      return detail as BusEvent['detail'];
  } catch {
    // Answered below, like JSON of another kind.
  }
  throw new AwsError('MalformedDetail', 'Detail is malformed.');
}

/** As in "Calculating Amazon EventBridge PutEvents event entry size". */
function sizeOf(entries: readonly Entry[]): number {
  const texts = entries.flatMap(({ Source, DetailType, Detail, Resources }) => [
    Source,
    DetailType,
    Detail,
    ...(Resources ?? []),
  ]);
  return texts.reduce((total, text) => total + Buffer.byteLength(text ?? ''), 0);
}
