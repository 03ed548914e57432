import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { FunctionModel } from '../model.ts';
import type { FunctionError, InvocationResult } from './invocation.ts';
import { EVENTS_FD, type ProcessReply, type ProcessSettings, REPLIES_FD } from './process-protocol.ts';

const RUNTIME = path.join(import.meta.dirname, 'function-runtime.ts');

/**
 * Lambda stops an initialisation after 10 s; this machine's cores are shared by everything that starts with it,
 * so that a slow start is no fault of the function.
 */
const INIT_TIMEOUT_MS = 30_000;

/** No timer of Node can wait longer than these 24 days. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface FunctionProcessOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly functionArn: string;
  readonly logFile: string;
  /** Print to this console instead of the log. */
  readonly verbose: boolean;
  readonly compileCacheDirectory: string;
  /** Told of failures that the function itself could not log: a time-out, an exit, no memory left. */
  readonly onPlatformError: (error: FunctionError) => void;
  /**
   * Opens the process to a debugger and is told its WebSocket address. Nothing times out in such a process, because a
   * person may hold it at a breakpoint for as long as they like.
   */
  readonly onDebugger?: ((url: string) => void) | undefined;
}

/** This is one execution environment. It handles one event at a time and is thrown away when it dies. */
export interface FunctionProcess {
  /** Settles when the bundle is loaded: undefined, or why it could not be. */
  readonly loaded: Promise<FunctionError | undefined>;
  readonly isAlive: () => boolean;
  run(eventJson: string): Promise<InvocationResult>;
  /** Kills the process; settles when it is gone. */
  stop(): Promise<void>;
}

/** Starts a process and no thread. A thread that outgrows its heap in one step takes every other one with it. */
export function startFunctionProcess(model: FunctionModel, options: FunctionProcessOptions): FunctionProcess {
  const child = spawnRuntime(model, options);
  const replies = followReplies(child, options);
  const events = child.stdio[EVENTS_FD] as Writable;
  const isInspected = options.onDebugger !== undefined;
  const timeoutMs = isInspected ? LONGEST_TIMER_MS : model.timeoutMs;
  // A dead process closes its pipes; its exit is what is reported.
  events.on('error', () => {});

  async function ask(line: string, requestId: string | undefined, limitMs: number): Promise<ProcessReply> {
    const timer = setTimeout(() => {
      replies.fail(timedOut(requestId, limitMs));
      child.kill('SIGKILL');
    }, limitMs);
    const reply = replies.next(requestId);
    events.write(`${line}\n`);
    return reply.finally(() => clearTimeout(timer));
  }

  async function load(): Promise<FunctionError | undefined> {
    const limitMs = isInspected ? LONGEST_TIMER_MS : INIT_TIMEOUT_MS;
    const reply = await ask(JSON.stringify(processSettings(model, options)), undefined, limitMs);
    if (reply.kind === 'ready' && reply.debuggerUrl !== undefined) options.onDebugger?.(reply.debuggerUrl);
    return 'error' in reply ? reply.error : undefined;
  }

  return {
    loaded: load(),
    isAlive: replies.isOpen,
    async run(eventJson) {
      const requestId = randomUUID();
      const deadlineMs = Date.now() + timeoutMs;
      const line = `{"requestId":"${requestId}","deadlineMs":${deadlineMs},"event":${eventJson}}`;
      const reply = await ask(line, requestId, timeoutMs);
      if ('error' in reply) return { ok: false, error: reply.error };
      return { ok: true, payload: reply.kind === 'succeeded' ? reply.payload : null };
    },
    async stop() {
      child.kill('SIGKILL');
      await replies.ended;
    },
  };
}

function processSettings(model: FunctionModel, options: FunctionProcessOptions): ProcessSettings {
  const dot = model.handler.lastIndexOf('.');
  return {
    modulePath: path.join(model.codeDirectory, model.handler.slice(0, dot)),
    exportName: model.handler.slice(dot + 1),
    functionArn: options.functionArn,
    compileCacheDirectory: options.compileCacheDirectory,
    inspected: options.onDebugger !== undefined,
  };
}

function spawnRuntime(model: FunctionModel, options: FunctionProcessOptions): ChildProcess {
  // The share of its memory that Lambda's own runtime gives to V8's old generation.
  const heapMb = Math.floor(model.memoryMb * 0.9);
  const output = options.verbose ? 'inherit' : openSync(options.logFile, 'a');
  // The name is for whoever looks at the list of processes.
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, RUNTIME, model.name], {
    cwd: model.codeDirectory,
    env: options.environment,
    stdio: ['ignore', output, output, 'pipe', 'pipe'],
  });
  if (typeof output === 'number') closeSync(output);
  return child;
}

interface Replies {
  readonly isOpen: () => boolean;
  readonly ended: Promise<void>;
  next(requestId: string | undefined): Promise<ProcessReply>;
  /** Answers whoever waits with this error and expects nothing more of the process. */
  fail(error: FunctionError): void;
}

/** Turns what the process writes, or its death, into exactly one reply to whoever waits for one. */
function followReplies(child: ChildProcess, options: FunctionProcessOptions): Replies {
  const ended = Promise.withResolvers<void>();
  let open = true;
  let waiting: { requestId: string | undefined; settle: (reply: ProcessReply) => void } | undefined;

  function settle(reply: ProcessReply): void {
    if (reply.kind === 'crashed') open = false;
    const settled = waiting?.settle;
    waiting = undefined;
    settled?.(reply);
  }
  function fail(error: FunctionError): void {
    open = false;
    if (waiting === undefined) return;
    options.onPlatformError(error);
    settle({ kind: 'crashed', error });
  }
  function end(error: FunctionError): void {
    fail(error);
    ended.resolve();
  }

  createInterface(child.stdio[REPLIES_FD] as Readable).on('line', (line) => settle(JSON.parse(line)));
  child.on('error', (error) => end({ errorType: 'Runtime.StartError', errorMessage: error.message }));
  // 'close' comes after the last line has been read; 'exit' may come before.
  child.on('close', (code, signal) => end(describeExit(waiting?.requestId, code, signal)));
  return {
    isOpen: () => open,
    ended: ended.promise,
    fail,
    next: (requestId) => new Promise((resolve) => (waiting = { requestId, settle: resolve })),
  };
}

function timedOut(requestId: string | undefined, timeoutMs: number): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId ?? 'init'} Error: Task timed out after ${seconds} seconds`,
  };
}

function describeExit(
  requestId: string | undefined,
  code: number | null,
  signal: string | null,
): FunctionError {
  const reason = signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`;
  const how = code === 0 ? 'without providing a reason' : `with error: ${reason}`;
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId ?? 'init'} Error: Runtime exited ${how}`,
  };
}

/** Lambda's names of the two that occur: V8 aborts when its heap is full. */
const SIGNALS: Readonly<Record<string, string>> = { SIGABRT: 'aborted', SIGKILL: 'killed' };
