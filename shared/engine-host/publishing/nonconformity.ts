import { EngineError } from '../../domain/errors.ts';

/** Not what the host finds wrong with one answer, but what only several show. */
export function wrong(what: string): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine does not conform: ${what}`);
}
