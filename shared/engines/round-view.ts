import { FaultError } from '../foundation/errors.ts';
import { readJson } from '../foundation/json-text.ts';

/** An engine shows this of a step; see the port `EngineStep`. */
export interface RoundView {
  readonly outcome: unknown;
  readonly publicState: unknown;
  readonly bonusTriggered: unknown;
}

/** Reads a view that the engine host has validated. @throws FaultError CORRUPT_RECORD */
export function readView(view: string): RoundView {
  const parsed: unknown = parseJson(view);
  if (isObject(parsed)) {
    const { outcome, public_state, bonus_triggered = null } = parsed;
    const isBonus = bonus_triggered === null || isObject(bonus_triggered);
    if (isObject(outcome) && isObject(public_state) && isBonus) {
      return { outcome, publicState: public_state, bonusTriggered: bonus_triggered };
    }
  }
  throw new FaultError('CORRUPT_RECORD', 'A view does not have the form in which an engine shows a step');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', 'A view is no JSON', { cause });
  }
}
