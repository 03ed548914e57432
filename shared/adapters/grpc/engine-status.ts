import { Code, ConnectError } from '@connectrpc/connect';
import { type CodeOf, EngineError, RgsError } from '../../domain/errors.ts';

type EngineCode = CodeOf<'engine'>;

/** How a server tells each failure of an engine. Clients go by the status alone: messages are for people. */
const statusOf = {
  ENGINE_UNAVAILABLE: Code.Unavailable,
  HASH_MISMATCH: Code.FailedPrecondition,
  UNSUPPORTED_ABI: Code.Unimplemented,
  ENGINE_TRAP: Code.Internal,
  ENGINE_REJECTED: Code.InvalidArgument,
  BAD_OUTPUT: Code.DataLoss,
} as const satisfies Record<EngineCode, Code>;

/** What each status means to the host. A server that refuses the caller, or is gone, cannot be played on for now. */
const codeOf = {
  [Code.Canceled]: 'ENGINE_UNAVAILABLE',
  [Code.Unknown]: 'ENGINE_TRAP',
  [Code.InvalidArgument]: 'ENGINE_REJECTED',
  [Code.DeadlineExceeded]: 'ENGINE_UNAVAILABLE',
  [Code.NotFound]: 'HASH_MISMATCH',
  [Code.AlreadyExists]: 'ENGINE_TRAP',
  [Code.PermissionDenied]: 'ENGINE_UNAVAILABLE',
  [Code.ResourceExhausted]: 'ENGINE_UNAVAILABLE',
  [Code.FailedPrecondition]: 'HASH_MISMATCH',
  [Code.Aborted]: 'ENGINE_UNAVAILABLE',
  [Code.OutOfRange]: 'ENGINE_REJECTED',
  [Code.Unimplemented]: 'UNSUPPORTED_ABI',
  [Code.Internal]: 'ENGINE_TRAP',
  [Code.Unavailable]: 'ENGINE_UNAVAILABLE',
  [Code.DataLoss]: 'BAD_OUTPUT',
  [Code.Unauthenticated]: 'ENGINE_UNAVAILABLE',
} as const satisfies Record<Code, EngineCode>;

/** For a server: any failure as a gRPC status. What is not an engine's error tells nothing of itself. */
export function statusFor(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof EngineError)
    return new ConnectError(error.message, statusOf[error.code as EngineCode]);
  return new ConnectError(error instanceof RgsError ? error.code : 'The server failed', Code.Internal);
}

/** For a client: a failed call of an engine's server as the host's error. */
export function engineErrorFor(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const { code } = ConnectError.from(cause);
  const status = Code[code];
  return new EngineError(codeOf[code], `The engine's server answered with the gRPC status ${status}`, {
    cause,
  });
}
