interface Seen {
  readonly public_state: { readonly board: string };
}

/** Takes the first free cell, as the engine's simulation does. */
export function nextAction(_mode: string, view: unknown): string {
  return `place_${view === undefined ? 0 : (view as Seen).public_state.board.indexOf('.')}`;
}
