import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type buildApp, startFauxqs as start } from 'fauxqs';
import { corrupt } from './database.ts';
import { LOCAL_REGION } from './endpoints.ts';
import type { RunningService } from './loopback.ts';

type Application = ReturnType<typeof buildApp>;

/** Fastify announces each server that it makes here, before the server listens. */
const MADE = 'fastify.initialization';

/**
 * Serves SQS and S3 from this process; every change is in SQLite before its answer goes out. Buckets have no
 * versions and their objects can be deleted, whatever the template says of object lock.
 * @throws ServiceError DATA_CORRUPT
 */
export async function startFauxqs(dataDirectory: string): Promise<RunningService> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const prepareMade = (message: unknown) => prepare((message as { readonly fastify: Application }).fastify);
  subscribe(MADE, prepareMade);
  try {
    const settings = { port: 0, dataDir: dataDirectory, defaultRegion: LOCAL_REGION, logger: false };
    const starting = start(settings);
    // It has made its server when it first waits: no other server is prepared by mistake.
    unsubscribe(MADE, prepareMade);
    const server = await starting;
    let stopped: Promise<void> | undefined;
    return {
      endpoint: `http://127.0.0.1:${server.port}`,
      stop: () => (stopped ??= server.stop()),
    };
  } catch (error) {
    if (!(error instanceof Error) || !('errcode' in error)) throw error;
    throw corrupt(join(dataDirectory, 'fauxqs.db'), error);
  } finally {
    unsubscribe(MADE, prepareMade);
  }
}

/** Keeps the server on this machine (it would listen on every network interface), and makes up for what it lacks. */
function prepare(app: Application): void {
  const { listen } = app;
  Object.assign(app, {
    listen: (to: object) => Reflect.apply(listen, app, [{ ...to, host: '127.0.0.1' }]) as unknown,
  });
  refuseOverwrites(app);
  refuseVisibilityChanges(app);
}

const xmlError = (code: string, message: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

/** S3 promises that `If-None-Match: *` writes a key once; fauxqs would overwrite it. */
function refuseOverwrites(app: Application): void {
  /** The objects that are being written on this condition, by path. */
  const writing = new Set<string>();
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*') return;
    const url = request.url.split('?')[0] as string;
    if (writing.has(url))
      return reply.code(409).send(xmlError('ConditionalRequestConflict', 'The object is being written'));
    writing.add(url);
    reply.raw.once('close', () => writing.delete(url));
    const { statusCode } = await app.inject({ method: 'HEAD', url });
    if (statusCode === 200)
      return reply.code(412).send(xmlError('PreconditionFailed', 'If-None-Match did not hold'));
  });
}

/** fauxqs loses a message from memory whose visibility ends early; nothing here changes it. */
function refuseVisibilityChanges(app: Application): void {
  app.addHook('preHandler', async (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!target.startsWith('AmazonSQS.ChangeMessageVisibility')) return;
    const body = {
      __type: 'com.amazonaws.sqs#UnsupportedOperation',
      message: `This machine does not offer ${target}`,
    };
    return reply.code(400).header('content-type', 'application/x-amz-json-1.0').send(body);
  });
}
