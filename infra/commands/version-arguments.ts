import type { GameCode } from '../../shared/foundation/ids.ts';
import { matching } from '../../shared/command-line/values.ts';

const gameCode = matching(/^[a-z0-9][a-z0-9-]{0,47}$/, 'the code of a game, such as happy-panda');

/** The pattern is the one in shared/foundation/ids.ts. A command answers a mistake before it loads anything. */
export const GAME = {
  help: 'The code of the game.',
  read: (text: string) => gameCode(text) as GameCode,
} as const;

export const HASH = {
  help: 'The hash of the version, or at least its first 8 digits.',
  read: matching(/^[0-9a-f]{8,64}$/, 'a hash, or at least its first 8 digits'),
} as const;
