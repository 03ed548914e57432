import { Code, ConnectError } from '@connectrpc/connect';
import { type CodeOf, EngineError } from '../../foundation/errors.ts';

type EngineCode = CodeOf<'engine'>;

/** Our own server names the failure in this metadata, because there are fewer statuses than failures. */
const FAILURE = 'engine-failure';

const statusOf: Readonly<Record<EngineCode, Code>> = {
  ENGINE_UNAVAILABLE: Code.Unavailable,
  HASH_MISMATCH: Code.FailedPrecondition,
  UNSUPPORTED_ABI: Code.Unimplemented,
  ENGINE_TRAP: Code.Internal,
  OUT_OF_FUEL: Code.ResourceExhausted,
  OUT_OF_MEMORY: Code.ResourceExhausted,
  TIMEOUT: Code.DeadlineExceeded,
  ENGINE_REJECTED: Code.InvalidArgument,
  BAD_OUTPUT: Code.DataLoss,
};

/** A status means this to the host where nothing more is given. A server that refuses us cannot be played on for now. */
const codeOf: Readonly<Record<Code, EngineCode>> = {
  [Code.Canceled]: 'ENGINE_UNAVAILABLE',
  [Code.Unknown]: 'ENGINE_TRAP',
  [Code.InvalidArgument]: 'ENGINE_REJECTED',
  [Code.DeadlineExceeded]: 'TIMEOUT',
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
};

/** Writes any failure as a gRPC status, for a server. An error that is not an engine's tells nothing of itself. */
export function statusFor(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (!(error instanceof EngineError)) return new ConnectError('The server failed', Code.Internal);
  const code = error.code as EngineCode;
  return new ConnectError(error.message, statusOf[code], { [FAILURE]: code });
}

/** Reads a failed call of an engine's server as the host's error, for a client. It never reads the message. */
export function engineErrorFor(cause: unknown): EngineError {
  const { code, metadata } = ConnectError.from(cause);
  const told = metadata.get(FAILURE) ?? '';
  const failure = Object.hasOwn(statusOf, told) ? (told as EngineCode) : codeOf[code];
  return new EngineError(failure, `A call of the engine's server ended with ${Code[code]}`, { cause });
}
