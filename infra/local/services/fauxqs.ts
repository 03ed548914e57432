import { dirname, join } from 'node:path';
import { findPackageJSON } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { mkdirSync } from 'node:fs';
import { buildApp, type BuildAppOptions } from 'fauxqs';
import { corrupt } from './database.ts';
import { LOCAL_REGION } from './endpoints.ts';
import type { RunningService } from './loopback.ts';

export interface FauxqsOptions {
  readonly dataDirectory: string;
  readonly port?: number;
}

type Stores = NonNullable<BuildAppOptions['stores']>;
type Application = ReturnType<typeof buildApp>;

/** What the pinned version keeps inside: its own start function would listen on every network interface. */
interface Internals {
  readonly SqsStore: new () => Stores['sqsStore'];
  readonly SnsStore: new () => Stores['snsStore'];
  readonly S3Store: new () => Stores['s3Store'];
  readonly PersistenceManager: new (folder: string) => Persistence;
}

interface Persistence {
  readonly db: DatabaseSync;
  /** Called for a message that its receiver gives back. */
  updateMessageReady(messageId: string): void;
  load(sqs: Stores['sqsStore'], sns: Stores['snsStore'], s3: Stores['s3Store']): void;
  close(): void;
}

/**
 * Serves SQS and S3 from this process; every change is in SQLite before its answer goes out. Buckets have no
 * versions and their objects can be deleted, whatever the template says of object lock.
 * @throws ServiceError DATA_CORRUPT
 */
export async function startFauxqs(options: FauxqsOptions): Promise<RunningService> {
  const internals = await loadInternals();
  const { stores, persistence } = openStores(internals, options.dataDirectory);
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION, stores });
  refuseOverwrites(app, stores.s3Store);
  try {
    const endpoint = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
    return { endpoint, stop: stopOnce(app, persistence) };
  } catch (error) {
    persistence.close();
    throw error;
  }
}

function stopOnce(app: Application, persistence: Persistence): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await app.close();
    persistence.close();
  };
  return () => {
    stopped ??= stop();
    return stopped;
  };
}

async function loadInternals(): Promise<Internals> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (!manifest) throw new Error('The package fauxqs is not installed: run "npm ci"');
  const load = (file: string) => import(pathToFileURL(join(dirname(manifest), 'dist', file)).href);
  const modules = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js'].map((file) => load(file)),
  );
  return Object.assign({}, ...modules) as Internals;
}

/** In the order that fauxqs itself keeps: loading through stores that already persist would delete what it loads. */
function openStores(internals: Internals, folder: string): { stores: Stores; persistence: Persistence } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stores: Stores = {
    sqsStore: new internals.SqsStore(),
    snsStore: new internals.SnsStore(),
    s3Store: new internals.S3Store(),
  };
  try {
    const persistence = withVisibilityRepaired(new internals.PersistenceManager(folder));
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    const queues = [...stores.sqsStore.allQueues()];
    for (const owner of [stores.sqsStore, stores.snsStore, stores.s3Store, ...queues])
      Object.assign(owner, { persistence });
    return { stores, persistence };
  } catch (error) {
    throw corrupt(join(folder, 'fauxqs.db'), error);
  }
}

/**
 * Giving a message back sets its receive count to NULL, which the table refuses: the message would be gone from
 * memory until the next start.
 */
function withVisibilityRepaired(persistence: Persistence): Persistence {
  const giveBack = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void giveBack.run(messageId);
  return persistence;
}

const PRECONDITION_FAILED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>PreconditionFailed</Code>' +
  '<Message>At least one of the pre-conditions you specified did not hold</Message><Condition>If-None-Match</Condition></Error>';

/** S3 promises that `If-None-Match: *` writes a key once; fauxqs would overwrite it. */
function refuseOverwrites(app: Application, store: Stores['s3Store']): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*') return;
    const { bucket = '', '*': key = '' } = request.params as Record<string, string | undefined>;
    if (hasObject(store, bucket, key))
      return reply.code(412).header('content-type', 'application/xml').send(PRECONDITION_FAILED);
  });
}

function hasObject(store: Stores['s3Store'], bucket: string, key: string): boolean {
  try {
    store.headObject(bucket, key);
    return true;
  } catch {
    return false;
  }
}
