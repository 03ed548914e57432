/** Compiled beside a game's entry file by what looks at the words that games draw; no game contains it. */
import { mountedGame } from './erased-game';

/** Counts the words of its stream that the last step has drawn. */
export function words_drawn(): u32 {
  return mountedGame().drawn();
}
