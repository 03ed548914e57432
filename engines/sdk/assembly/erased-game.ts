/** A game without its types: bytes at INPUT, bytes at OUTPUT, a length or a negative error. */
export abstract class ErasedGame {
  abstract capabilities(): i32;
  abstract reset(length: i32): i32;
  abstract step(length: i32): i32;
  abstract simulate(length: i32): i32;
  /** How many words of its stream the last step has drawn. */
  abstract drawn(): u32;
}

let mounted: ErasedGame | null = null;

/** Makes `game` the one that the module's exports play. */
export function mount(game: ErasedGame): void {
  mounted = game;
}

export function mountedGame(): ErasedGame {
  return mounted!;
}
