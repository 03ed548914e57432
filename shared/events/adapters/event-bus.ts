import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { FaultError } from '../../foundation/errors.ts';
import type { DomainEvent } from '../events.ts';
import type { EventBus } from '../event-bus.ts';
import { awsCall, unavailable } from '../../aws/aws-call.ts';
import { encodeDetail } from './event-detail.ts';

/** Rules recognise our events by this source. */
const EVENT_SOURCE = 'serverless-rgs';
/** One PutEvents call has these limits. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;
/** EventBridge counts so many bytes for an entry's time. */
const TIME_BYTES = 14;

interface Sized {
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

export class EventBridgeBus implements EventBus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  async publish(events: readonly DomainEvent[]): Promise<void> {
    for (const Entries of batches(events.map((event) => this.#sized(event)))) {
      const { FailedEntryCount = 0, Entries: replies = [] } = await awsCall('EventBridge', () =>
        this.#client.send(new PutEventsCommand({ Entries })),
      );
      // Whoever asked for the publication repeats all of it. Events carry ids, so a second copy does no harm.
      if (FailedEntryCount > 0)
        throw unavailable(
          'EventBridge',
          replies.find(({ ErrorCode }) => ErrorCode),
        );
    }
  }

  #sized(event: DomainEvent): Sized {
    const Detail = encodeDetail(event);
    const bytes =
      TIME_BYTES + [EVENT_SOURCE, event.type, Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > MAX_BYTES)
      throw new FaultError('INTERNAL_ERROR', `An event of ${bytes} bytes cannot be sent`);
    const entry = {
      EventBusName: this.#busName,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Detail,
      Time: new Date(event.atMs),
    };
    return { entry, bytes };
  }
}

function batches(sized: readonly Sized[]): PutEventsRequestEntry[][] {
  const done: PutEventsRequestEntry[][] = [];
  let open: PutEventsRequestEntry[] = [];
  let openBytes = 0;
  for (const { entry, bytes } of sized) {
    if (open.length === MAX_ENTRIES || openBytes + bytes > MAX_BYTES) {
      done.push(open);
      open = [];
      openBytes = 0;
    }
    open.push(entry);
    openBytes += bytes;
  }
  return open.length > 0 ? [...done, open] : done;
}
