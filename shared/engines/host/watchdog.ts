import { Script } from 'node:vm';
import { EngineError } from '../../foundation/errors.ts';

const WORK = Symbol.for('serverless-rgs.watched');
const script = new Script(`globalThis[Symbol.for('${Symbol.keyFor(WORK)}')]()`);

/**
 * Runs `work`, and stops it where it takes longer, in whatever loop it may be. That costs about a tenth of a
 * millisecond. It is therefore for calls that come once in an engine's life or last long.
 * @throws EngineError TIMEOUT
 */
export function watched<T>(timeoutMs: number, work: () => T): T {
  const place = globalThis as unknown as Record<symbol, () => T>;
  place[WORK] = work;
  try {
    return script.runInThisContext({ timeout: timeoutMs }) as T;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw timedOut(timeoutMs, cause);
    throw cause;
  } finally {
    delete place[WORK];
  }
}

export function timedOut(timeoutMs: number, cause?: unknown): EngineError {
  return new EngineError('TIMEOUT', `The engine took longer than ${timeoutMs} ms`, { cause });
}
