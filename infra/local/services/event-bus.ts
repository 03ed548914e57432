import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { operation, startAwsJson } from './aws-json.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './endpoints.ts';
import { type EventHandler, startDelivery } from './event-delivery.ts';
import { type BusEvent, openEventStore } from './event-store.ts';
import type { RunningService } from './loopback.ts';

export interface EventBus extends RunningService {
  /** Makes the bus accept events. */
  ensureBus(name: string): void;
  /**
   * Hands every accepted event to the handler until it resolves: at least once, also after a restart.
   * A rejected event is handed over again later. Call it once; events accepted earlier wait until then.
   */
  deliverEvents(handler: EventHandler): void;
}

/** EventBridge's limit on the entries of one request taken together. */
const MAX_REQUEST_BYTES = 256 * 1024;

const entrySchema = z.strictObject({
  EventBusName: z.string(),
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  /** Seconds since 1970, as the SDK sends it. */
  Time: z.number().optional(),
});
type Entry = z.output<typeof entrySchema>;

const putEventsInput = z
  .strictObject({ Entries: z.array(entrySchema).min(1).max(10) })
  .refine(
    ({ Entries }) => Entries.reduce((total, entry) => total + sizeOf(entry), 0) <= MAX_REQUEST_BYTES,
    'Total size of the entries in the request is over the limit.',
  );

/** Serves PutEvents. An event is on the disk before its sender hears that it was accepted. */
export async function startEventBus(dataDirectory: string): Promise<EventBus> {
  const store = openEventStore(join(dataDirectory, 'events.db'));
  const delivery = startDelivery(store);
  const buses = new Set<string>();
  const service = await startAwsJson({
    targetPrefix: 'AWSEvents',
    operations: {
      PutEvents: operation(putEventsInput, ({ Entries }) => {
        const results = Entries.map((entry) => accept(entry, buses));
        store.add(results.filter((result) => 'event' in result));
        delivery.wake();
        const replies = results.map((result) => ('event' in result ? { EventId: result.event.id } : result));
        return { FailedEntryCount: replies.filter((reply) => 'ErrorCode' in reply).length, Entries: replies };
      }),
    },
  });
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

interface Accepted {
  readonly event: BusEvent;
  readonly busName: string;
}

interface Refused {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function accept(entry: Entry, buses: ReadonlySet<string>): Accepted | Refused {
  const { DetailType, Source, Time } = entry;
  // A bus is named by its name or its ARN.
  const busName = entry.EventBusName.slice(entry.EventBusName.lastIndexOf('/') + 1);
  if (!buses.has(busName))
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${busName} does not exist.` };
  if (Source === '' || DetailType === '')
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are required arguments.' };
  const detail = detailOf(entry);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const event: BusEvent = {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: LOCAL_ACCOUNT,
    time: new Date(Time === undefined ? Date.now() : Time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: [],
    detail,
  };
  return { event, busName };
}

/** Undefined where it is no JSON object. */
function detailOf({ Detail }: Entry): BusEvent['detail'] | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(Detail)).data;
  } catch {
    return undefined;
  }
}

/** As in "Calculating Amazon EventBridge PutEvents event entry size". */
function sizeOf({ Source, DetailType, Detail }: Entry): number {
  return Buffer.byteLength(Source + DetailType + Detail);
}
