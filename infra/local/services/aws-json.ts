import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback, type RunningService } from './loopback.ts';

/** An AWS SDK understands this error. Its `type` becomes the name of the exception. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Answers one operation. Throws AwsError for what the caller did wrong. */
export type Operation = (input: unknown) => unknown;

export interface AwsJsonOptions {
  /** What precedes the operation in `X-Amz-Target`: `TrentService`. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Serves operations over the AWS JSON 1.1 protocol. */
export function startAwsJson(options: AwsJsonOptions): Promise<RunningService> {
  const server = createServer((request, response) => {
    answer(options, request).then(
      (body) => reply(response, 200, body),
      (error: unknown) => replyError(response, error),
    );
  });
  return listenOnLoopback(server);
}

/** Makes an operation whose input has to match the schema. */
export function operation<S extends z.ZodType>(schema: S, run: (input: z.output<S>) => unknown): Operation {
  return (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
    return run(parsed.data);
  };
}

async function answer(options: AwsJsonOptions, request: IncomingMessage): Promise<unknown> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const [prefix, name = ''] = target.split('.');
  const run =
    prefix === options.targetPrefix && Object.hasOwn(options.operations, name)
      ? options.operations[name]
      : undefined;
  const body = await text(request);
  if (!run)
    throw new AwsError(
      'UnknownOperationException',
      `This machine does not offer ${target || 'a call without X-Amz-Target'}`,
    );
  return run(parseJson(body));
}

/** Reads JSON. @throws AwsError of this type */
export function parseJson(body: string, type = 'SerializationException'): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError(type, 'The request, or the input that it carries, is not JSON');
  }
}

function replyError(response: ServerResponse, error: unknown): void {
  if (error instanceof AwsError)
    return reply(response, error.status, { __type: error.type, message: error.message });
  process.stderr.write(`local services: ${error instanceof Error ? error.stack : String(error)}\n`);
  reply(response, 500, {
    __type: 'InternalFailure',
    message: 'The local service failed; its error is on stderr',
  });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
