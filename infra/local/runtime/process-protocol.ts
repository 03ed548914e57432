import type { FunctionError } from './invocation.ts';

/**
 * The local run and a function's process talk by one line of JSON each way, on two inherited pipes. The event and the
 * answer are embedded as they are, so that neither is encoded twice.
 */
export const EVENTS_FD = 3;
export const REPLIES_FD = 4;

/** This is the first line that a process gets. */
export interface ProcessSettings {
  /** Absolute path of the module, without its ending. */
  readonly modulePath: string;
  readonly exportName: string;
  readonly functionArn: string;
  /** Where compiled code is kept from one process to the next. */
  readonly compileCacheDirectory: string;
  /** Whether a debugger may attach to the process. */
  readonly inspected: boolean;
}

/** Every further line is one of these. */
export interface ProcessEvent {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly event: unknown;
}

export type ProcessReply =
  /** `debuggerUrl` is there where the process is inspected. */
  | { readonly kind: 'ready'; readonly debuggerUrl?: string | undefined }
  | { readonly kind: 'succeeded'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** The last line of a process: it cannot go on. */
  | { readonly kind: 'crashed'; readonly error: FunctionError };
