/**
 * What runs inside a function's process: loads the deployed bundle and handles one event at a time. Between two
 * events the process stands still in a blocking read, as Lambda freezes an environment: what a handler did not
 * await does not go on behind its back here either. A process with a debugger waits without blocking instead, for
 * a debugger can be answered only while the event loop turns. The end of the pipe ends the process, so that none
 * is left behind when the local run is killed.
 */
import { existsSync, read, readSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type FunctionError, MAX_PAYLOAD_BYTES } from './invocation.ts';
import {
  EVENTS_FD,
  type ProcessEvent,
  type ProcessReply,
  type ProcessSettings,
  REPLIES_FD,
} from './process-protocol.ts';

type Handler = (event: unknown, context: object) => unknown;

const NEWLINE = 0x0a;
const chunk = Buffer.alloc(64 * 1024);
let unread: Buffer = Buffer.alloc(0);

/** Fills the chunk with what has come, and waits where nothing has. Its answer is the number of bytes; 0 is the end. */
type Read = () => number | Promise<number>;

const readBlocking: Read = () => readSync(EVENTS_FD, chunk);
const readInTurn: Read = async () =>
  (await promisify(read)(EVENTS_FD, chunk, 0, chunk.length, null)).bytesRead;

/** Waits until a whole line is there. */
async function readLine(readChunk: Read): Promise<unknown> {
  const parts = [unread];
  let end = unread.indexOf(NEWLINE);
  while (end < 0) {
    const length = await readChunk();
    if (length === 0) process.exit(0);
    parts.push(Buffer.from(chunk.subarray(0, length)));
    end = chunk.subarray(0, length).indexOf(NEWLINE);
  }
  const last = parts.pop() as Buffer;
  unread = last.subarray(end + 1);
  return JSON.parse(Buffer.concat([...parts, last.subarray(0, end)]).toString());
}

function writeLine(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let written = 0; written < bytes.length; ) written += writeSync(REPLIES_FD, bytes, written);
}

function reply(message: ProcessReply): void {
  writeLine(JSON.stringify(message));
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

function logError(error: FunctionError, requestId?: string): void {
  const line = { timestamp: new Date().toISOString(), level: 'ERROR', requestId, ...error };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

async function loadHandler(settings: ProcessSettings): Promise<Handler> {
  const file = ['.mjs', '.js', '.cjs'].map((ending) => settings.modulePath + ending).find(existsSync);
  if (file === undefined)
    throw named('Runtime.ImportModuleError', `Cannot find module '${settings.modulePath}'`);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[settings.exportName];
  if (typeof handler === 'function') return handler as Handler;
  throw named('Runtime.HandlerNotFound', `${settings.exportName} is undefined or not exported`);
}

/** Loaded late, because few processes have a debugger. @returns the address on a free port of this machine */
async function openDebugger(): Promise<string | undefined> {
  const inspector = await import('node:inspector');
  inspector.open(0, '127.0.0.1');
  return inspector.url();
}

function contextOf(settings: ProcessSettings, { requestId, deadlineMs }: ProcessEvent): object {
  return {
    awsRequestId: requestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

function encode(answer: unknown): string {
  let json: string;
  try {
    json = JSON.stringify(answer) ?? 'null';
  } catch (error) {
    throw named('Runtime.MarshalError', `Unable to stringify response body: ${describe(error).errorMessage}`);
  }
  if (Buffer.byteLength(json) <= MAX_PAYLOAD_BYTES) return json;
  const message = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
  throw named('Function.ResponseSizeTooLarge', message);
}

async function serve(settings: ProcessSettings, handler: Handler): Promise<never> {
  const readChunk = settings.inspected ? readInTurn : readBlocking;
  for (;;) {
    const event = (await readLine(readChunk)) as ProcessEvent;
    // One turn of the loop notices connections that the other side closed meanwhile, before they are used again.
    await setImmediate();
    try {
      const json = encode(await handler(event.event, contextOf(settings, event)));
      writeLine(`{"kind":"succeeded","payload":${json}}`);
    } catch (cause) {
      const error = describe(cause);
      logError(error, event.requestId);
      reply({ kind: 'failed', error });
    }
  }
}

process.on('uncaughtException', (cause) => {
  const error = describe(cause);
  logError(error);
  reply({ kind: 'crashed', error });
  process.exit(1);
});
// Ctrl-C reaches every process of the terminal; the local run decides when this one ends.
process.on('SIGINT', () => {});

const settings = (await readLine(readBlocking)) as ProcessSettings;
enableCompileCache(settings.compileCacheDirectory);
const debuggerUrl = settings.inspected ? await openDebugger() : undefined;
const handler = await loadHandler(settings);
reply({ kind: 'ready', debuggerUrl });
await serve(settings, handler);
