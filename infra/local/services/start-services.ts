import { join } from 'node:path';
import { takeDataFolder } from './data-folder.ts';
import { startDynamoDb } from './dynamodb.ts';
import type { Endpoints } from './endpoints.ts';
import { type EventBus, startEventBus } from './event-bus.ts';
import { startFauxqs } from './fauxqs.ts';
import { type Kms, startKms } from './kms.ts';
import type { RunningService } from './loopback.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { startStepFunctions, type StepFunctions } from './step-functions.ts';

export interface Services
  extends Pick<Kms, 'ensureKey'>,
    Pick<EventBus, 'ensureBus' | 'deliverEvents'>,
    Pick<StepFunctions, 'serveStateMachines'> {
  readonly endpoints: Endpoints;
  /** The listener hears, once and in words for people, should a service die on its own. */
  onFailure(listener: (message: string) => void): void;
  /** Stop whatever handles events first: this waits for handlers that are running. */
  stop(): Promise<void>;
}

/**
 * Starts everything the stack's functions talk to, with its data in this folder (made if missing).
 * AWS_ENDPOINT_URL_DYNAMODB may name a DynamoDB that runs already, which is used instead of the embedded one.
 * @throws ServiceError
 */
export async function startServices(dataDirectory: string): Promise<Services> {
  const dynamodbEndpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  const folder = takeDataFolder(dataDirectory);
  const started: RunningService[] = [];
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
    folder.release();
  };
  const start = async <S extends RunningService>(starting: Promise<S>): Promise<S> => {
    const service = await starting;
    started.push(service);
    return service;
  };
  const within = (name: string) => join(folder.path, name);
  const failure = Promise.withResolvers<string>();

  const starting = [
    dynamodbEndpoint
      ? Promise.resolve({ endpoint: dynamodbEndpoint })
      : start(startDynamoDb({ dataDirectory: within('dynamodb'), onFailure: failure.resolve })),
    start(startFauxqs(within('sqs-s3'))),
    start(startKms(within('kms'))),
    start(startSecretsManager(within('secrets'))),
    start(startEventBus(within('events'))),
    start(startStepFunctions()),
  ] as const;
  try {
    const [dynamodb, fauxqs, kms, secrets, bus, stepFunctions] = await Promise.all(starting);
    return {
      endpoints: {
        dynamodb: dynamodb.endpoint,
        sqs: fauxqs.endpoint,
        s3: fauxqs.endpoint,
        kms: kms.endpoint,
        secretsManager: secrets.endpoint,
        eventBridge: bus.endpoint,
        stepFunctions: stepFunctions.endpoint,
      },
      ensureKey: kms.ensureKey,
      ensureBus: bus.ensureBus,
      deliverEvents: bus.deliverEvents,
      serveStateMachines: stepFunctions.serveStateMachines,
      onFailure: (listener) => void failure.promise.then(listener),
      stop,
    };
  } catch (error) {
    // The others may still be starting: nothing is left behind.
    await Promise.allSettled(starting);
    await stop();
    throw error;
  }
}
