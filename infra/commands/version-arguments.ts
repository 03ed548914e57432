import type { GameCode } from '../../shared/foundation/ids.ts';
import { matching } from '../../shared/command-line/values.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

const gameCode = matching(/^[a-z0-9][a-z0-9-]{0,47}$/, 'the code of a game, such as happy-panda');

/** The pattern is the one in shared/foundation/ids.ts. A command answers a mistake before it loads anything. */
export const GAME = {
  help: 'The code of the game.',
  read: (text: string) => gameCode(text) as GameCode,
} as const;

const HASH = {
  help: 'The hash of the version, or at least its first 8 digits.',
  read: matching(/^[0-9a-f]{8,64}$/, 'a hash, or at least its first 8 digits'),
} as const;

/** The commands that change one version of a game declare all of this alike. */
export const ON_ONE_VERSION = {
  arguments: { game: GAME, hash: HASH },
  options: { stage: STAGE },
  example: 'happy-panda 0123abcd',
  whenUnreachable: WHEN_UNREACHABLE,
} as const;
