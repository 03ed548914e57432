import type { BusEvent, EventStore, StoredEvent } from './event-store.ts';

/** `busName` is the bus that the event was put on; the receiver matches the rules. */
export type EventHandler = (event: BusEvent, busName: string) => Promise<void>;

export interface Delivery {
  deliverTo(handler: EventHandler): void;
  /** To be called when events were added. */
  wake(): void;
  /** Resolves when no handler is running any more. */
  stop(): Promise<void>;
}

/** Handlers that run at once: more than a machine runs functions at once, few enough to keep the order roughly. */
const MAX_IN_FLIGHT = 32;

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** How often it is looked for events whose pause has ended. */
const CHECK_INTERVAL_MS = 500;

/** Hands stored events to one handler until each was acknowledged, with growing pauses after failures. */
export function startDelivery(store: EventStore): Delivery {
  const inFlight = new Map<number, Promise<void>>();
  const timer = setInterval(wake, CHECK_INTERVAL_MS).unref();
  let handle: EventHandler | undefined;
  let stopped = false;

  function wake(): void {
    if (!handle || stopped) return;
    const handler = handle;
    for (const stored of store.due(Date.now(), MAX_IN_FLIGHT - inFlight.size, new Set(inFlight.keys()))) {
      // Not before it is noted as in flight, or a handler that throws at once would stay noted for ever.
      inFlight.set(
        stored.sequence,
        Promise.resolve().then(() => deliver(stored, handler)),
      );
    }
  }

  async function deliver(stored: StoredEvent, handler: EventHandler): Promise<void> {
    try {
      await handler(stored.event, stored.busName);
      store.acknowledge(stored.sequence);
    } catch (error) {
      const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** stored.failures);
      store.postpone(stored.sequence, Date.now() + pauseMs);
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`event bus: event ${stored.event.id} again in ${pauseMs} ms: ${reason}\n`);
    } finally {
      inFlight.delete(stored.sequence);
      wake();
    }
  }

  return {
    deliverTo(handler) {
      if (handle) throw new Error('Events already have a handler');
      handle = handler;
      wake();
    },
    wake,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(inFlight.values());
    },
  };
}
