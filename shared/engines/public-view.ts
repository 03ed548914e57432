import { EngineError } from '../foundation/errors.ts';
import { readJson } from '../foundation/json-text.ts';

/**
 * Checks that a step's view is an object of exactly `outcome`, `public_state` and `bonus_triggered`. The last one must
 * agree with the step's flag.
 * @throws EngineError BAD_OUTPUT
 */
export function checkView(text: string, bonusTriggered: boolean): void {
  const view = parse(text);
  if (
    !isObject(view) ||
    Object.keys(view).length !== 3 ||
    !isObject(view['outcome']) ||
    !isObject(view['public_state']) ||
    !(isObject(view['bonus_triggered']) || view['bonus_triggered'] === null)
  ) {
    throw new EngineError('BAD_OUTPUT', "The engine's public view does not have the shape that it must");
  }
  if ((view['bonus_triggered'] !== null) !== bonusTriggered) {
    throw new EngineError('BAD_OUTPUT', "The engine's public view and its flags disagree about a bonus");
  }
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new EngineError('BAD_OUTPUT', "The engine's public view is not JSON, or is ambiguous or too deep", {
      cause,
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
