import { EngineError } from '../../foundation/errors.ts';

/** No play of some thousand calls meets the costliest one: there must be room for it. */
export const FUEL_RESERVE = 4n;

/** Not what the host finds wrong with one answer, but what only several show. */
export function wrong(what: string): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine does not conform: ${what}`);
}
