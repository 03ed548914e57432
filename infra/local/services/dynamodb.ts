import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findDynoxide } from './dynoxide-binary.ts';
import { corrupt } from './database.ts';
import { ServiceError } from './error.ts';
import { type OwnedProcess, startOwned } from './owned-process.ts';
import { keepStreamsFast } from './stream-records.ts';
import { listenOnLoopback, type RunningService } from './loopback.ts';

export interface DynamoDbOptions {
  readonly dataDirectory: string;
  /** 0 or undefined: a free one. */
  readonly port?: number;
  /** Called should the database die on its own. */
  readonly onFailure?: (message: string) => void;
}

const READY_TIMEOUT_MS = 10_000;

/** Another program may take the free port before the database does. */
const PORT_ATTEMPTS = 5;

/**
 * Runs Dynoxide, which speaks DynamoDB's protocol over a SQLite file, as a child that dies with this process.
 * @throws ServiceError DYNAMODB_MISSING, DYNAMODB_FAILED, DATA_CORRUPT
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<RunningService> {
  const binary = findDynoxide();
  mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(options.dataDirectory, 'dynamodb.db');
  const { child, endpoint } = await launch(binary, file, options.port ?? 0);
  let records: ReturnType<typeof keepStreamsFast>;
  try {
    records = keepStreamsFast(file);
  } catch (error) {
    await child.stop();
    throw error;
  }
  let stopping = false;
  void child.exited.then(({ description }) => {
    if (!stopping) options.onFailure?.(`DynamoDB stopped on its own: ${description}`);
  });
  return {
    endpoint,
    async stop() {
      stopping = true;
      records.close();
      await child.stop();
    },
  };
}

interface Launched {
  readonly child: OwnedProcess;
  readonly endpoint: string;
}

async function launch(binary: string, file: string, wantedPort: number): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort === 0 ? await freePort() : wantedPort;
    const endpoint = `http://127.0.0.1:${port}`;
    const options = { '--host': '127.0.0.1', '--port': String(port), '--db-path': file };
    const child = startOwned(binary, ['serve', ...Object.entries(options).flat()]);
    const failure = await readyOrFailed(child);
    if (failure === undefined) return { child, endpoint };
    await child.stop();
    if (wantedPort !== 0 || attempt === PORT_ATTEMPTS || !failure.includes('already in use'))
      throw startError(file, failure);
  }
}

/** Undefined once it has its port; otherwise what went wrong. */
async function readyOrFailed(child: OwnedProcess): Promise<string | undefined> {
  return Promise.race([
    child.said('listening on').then(() => undefined),
    child.exited.then(({ description }) => description),
    pause(READY_TIMEOUT_MS, `it did not start within ${READY_TIMEOUT_MS} ms`, { ref: false }),
  ]);
}

/** The database says in words that its file is no database; those words are all there is to go by. */
function startError(file: string, failure: string): ServiceError {
  if (/not a valid SQLite database|malformed|corrupt/i.test(failure))
    return corrupt(file, new Error(failure));
  return new ServiceError('DYNAMODB_FAILED', `DynamoDB does not start: ${failure}`);
}

async function freePort(): Promise<number> {
  const { endpoint, stop } = await listenOnLoopback(createServer());
  await stop();
  return Number(new URL(endpoint).port);
}
