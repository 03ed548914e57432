import type { DomainEvent } from './events.ts';

export interface EventBus {
  /** Publishes at least once. @throws DependencyError SERVICE_UNAVAILABLE where any event was not accepted */
  publish(events: readonly DomainEvent[]): Promise<void>;
}
