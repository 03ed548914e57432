import type { Endpoints } from './endpoints.ts';
import type { EventHandler } from './event-bus.ts';

export interface Services {
  readonly endpoints: Endpoints;
  /** Makes the KMS key answer under this id; its master key is made once and kept. */
  ensureKey(keyId: string): void;
  /** Makes the bus accept events. */
  ensureBus(name: string): void;
  /**
   * Hands every accepted event to the handler until it resolves: at least once, also after a restart.
   * A rejected event is handed over again later. Call it once; events accepted earlier wait until then.
   */
  deliverEvents(handler: EventHandler): void;
  /** Called once, with a message for people, should a service die on its own. */
  onFailure(listener: (message: string) => void): void;
  stop(): Promise<void>;
}

/** Starts everything the stack's functions talk to, with its data in this folder (made if missing). */
export async function startServices(dataDirectory: string): Promise<Services> {
  throw new Error(`not here yet: ${dataDirectory}`);
}
