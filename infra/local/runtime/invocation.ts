/** A function's invocation came to this, as Lambda's Invoke API reports it. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError };

/** This is Lambda's error document, with its own field names and error types. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Runs one event in the named function. It never rejects, because every failure is a result. */
export type Invoke = (functionName: string, event: unknown) => Promise<InvocationResult>;

/** Lambda refused the event because as many are running as the function may run. */
export const THROTTLED = 'TooManyRequestsException';
/** The event is longer than Lambda takes in a synchronous invocation. */
export const REQUEST_TOO_LARGE = 'RequestTooLargeException';

/** Lambda limits the event and the answer of a synchronous invocation to 6 MB. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

export function failure(errorType: string, errorMessage: string): InvocationResult {
  return { ok: false, error: { errorType, errorMessage } };
}
