import { existsSync } from 'node:fs';
import type { ExactFigures } from '../../shared/simulation/report.ts';

/** A game's author knows this of it without playing: `engines/<name>/theory.ts` exports one as `theory`. */
export interface Theory {
  /** Computed from the rules alone. Undefined for a mode that has no exact figures. */
  exact(mode: string): ExactFigures | undefined;
  /** What each step of a mode's phase shows, one draw from weighted symbols a reel; none where it turns no known reels. */
  reels(mode: string, phase: Phase): readonly Reel[];
  /** The number of the symbol that each reel shows, read from the public view. */
  observe(view: unknown): readonly number[];
}

/** A mode has its paid actions, and the actions of the bonus that they win. */
export type Phase = 'base' | 'bonus';

export interface Reel {
  readonly name: string;
  /** How often each symbol stands on the strip. */
  readonly weights: readonly number[];
}

/**
 * Loads the theory of a game. It is undefined where the game has none, which is then measured against its declared
 * figures alone.
 */
export async function theoryOf(name: string): Promise<Theory | undefined> {
  const file = new URL(`../${name}/theory.ts`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const { theory } = (await import(file.href)) as { theory: Theory };
  return theory;
}
