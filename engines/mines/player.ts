import { BEST_REVEALS, MINE_COUNTS } from './assembly/maths.ts';

interface Seen {
  readonly public_state: { readonly field: string };
}

/** Reveals the first tiles, as many as are best, and cashes out, as the engine's simulation does. */
export function nextAction(mode: string, view: unknown): string {
  if (view === undefined) return mode.replace('mines_', 'open_');
  const revealed = (view as Seen).public_state.field.replaceAll('?', '').length;
  const best = BEST_REVEALS[MINE_COUNTS.indexOf(Number(mode.replace('mines_', '')))] ?? 0;
  return revealed < best ? `reveal_${revealed}` : 'cash_out';
}
