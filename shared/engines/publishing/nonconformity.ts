import { EngineError } from '../../foundation/errors.ts';

/** No play of some thousand calls meets the costliest one, so there must be room for it. */
export const FUEL_RESERVE = 4n;

/** The host finds some faults in one answer. This error is for faults that only several answers show. */
export function wrong(what: string): EngineError {
  return new EngineError('BAD_OUTPUT', `The engine does not conform: ${what}`);
}
