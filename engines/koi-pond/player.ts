interface Seen {
  readonly public_state: { readonly gamble: { readonly won: number } | null };
}

const openings: Readonly<Record<string, string>> = {
  base: 'spin',
  gamble: 'spin_and_hold',
  buy: 'buy_free_spins',
};

/** Doubles a held win once and then collects it, as the engine's simulation does. */
export function nextAction(mode: string, view: unknown): string {
  if (view === undefined) return openings[mode] ?? '';
  return (view as Seen).public_state.gamble?.won === 0 ? 'gamble_red' : 'continue';
}
