import { DependencyError, RgsError } from '../foundation/errors.ts';

/**
 * Runs one call of an AWS client. It may fail by throttling, a time-out, a refused connection or missing rights. All of
 * them mean the same to the caller: the service did not do its part. The cause says why.
 * @throws DependencyError SERVICE_UNAVAILABLE; an RgsError from inside the call passes as it is
 */
export async function awsCall<T>(service: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw cause instanceof RgsError ? cause : unavailable(service, cause);
  }
}

export function unavailable(service: string, cause?: unknown): DependencyError {
  return new DependencyError('SERVICE_UNAVAILABLE', `${service} did not answer as it should`, { cause });
}
