import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { StackModel } from '../model.ts';
import type { Services } from '../services/start-services.ts';
import { createEventHandler } from './bus.ts';
import type { Invoke } from './invocation.ts';
import type { LocalClients } from './local-clients.ts';
import type { Poller } from './poller.ts';
import { startQueuePoller } from './queue-poller.ts';
import type { RuntimeLog } from './runtime-log.ts';
import { startScheduler } from './scheduler.ts';
import { startStreamPoller } from './stream-poller.ts';

export interface EventSourcesOptions {
  readonly services: Pick<Services, 'deliverEvents'>;
  readonly clients: LocalClients;
  readonly invoke: Invoke;
  readonly log: RuntimeLog;
  /** Where positions in streams and the last runs of schedules are kept. */
  readonly stateDirectory: string;
}

/** Starts everything of a stack that starts functions by itself: queues, streams, rules and schedules. */
export function startEventSources(model: StackModel, options: EventSourcesOptions): Poller {
  const { clients, invoke, log } = options;
  const directoryOf = (kind: string) => {
    const directory = path.join(options.stateDirectory, kind);
    mkdirSync(directory, { recursive: true });
    return directory;
  };
  const streams = directoryOf('streams');
  const handler = createEventHandler({ rules: model.rules, invoke, sqs: clients.sqs, log, nowMs: Date.now });
  const pollers = [
    ...model.queueMappings.map((mapping) => startQueuePoller(mapping, { sqs: clients.sqs, invoke, log })),
    ...model.streamMappings.map((mapping) => {
      const checkpointFile = path.join(streams, `${mapping.functionName}-${mapping.tableName}.json`);
      return startStreamPoller(mapping, { ...clients, invoke, log, checkpointFile });
    }),
    startScheduler(model.schedules, {
      invoke,
      sqs: clients.sqs,
      log,
      directory: directoryOf('schedules'),
      nowMs: Date.now,
    }),
  ];
  options.services.deliverEvents(handler);
  return {
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
  };
}
