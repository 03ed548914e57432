import { FaultError } from './errors.ts';

/** What an engine shows of a step; see the port `EngineStep`. */
export interface RoundView {
  readonly outcome: unknown;
  readonly publicState: unknown;
  readonly bonusTriggered: unknown;
}

/** Reads a view that the engine host has validated. @throws FaultError CORRUPT_RECORD */
export function readView(view: string): RoundView {
  const parsed: unknown = parseJson(view);
  if (typeof parsed !== 'object' || parsed === null)
    throw new FaultError('CORRUPT_RECORD', 'A view is no object');
  const { outcome, public_state, bonus_triggered } = parsed as Record<string, unknown>;
  return { outcome, publicState: public_state, bonusTriggered: bonus_triggered ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', 'A view is no JSON', { cause });
  }
}
