import { MissingError } from '../foundation/errors.ts';
import type { Game } from './game.ts';
import type { EngineVersion } from '../engines/engine-version.ts';
import type { Operator } from '../operators/operator.ts';
import type { Operators } from '../operators/operators.ts';
import type { GameCode } from '../foundation/ids.ts';

/** Reads operators and games as they are configured. Reads may be some seconds old. */
export interface Registry extends Operators {
  game(gameCode: GameCode): Promise<Game | undefined>;
  games(): Promise<Game[]>;
}

/** Writes the registry, for those who deploy and publish. */
export interface RegistryAdmin {
  putOperator(operator: Operator, keyHash: string): Promise<void>;
  putGame(game: Game): Promise<void>;
  putEngineVersion(version: EngineVersion): Promise<void>;
}

/** @throws MissingError UNKNOWN_GAME */
export async function knownGame(registry: Pick<Registry, 'game'>, gameCode: GameCode): Promise<Game> {
  const game = await registry.game(gameCode);
  if (!game) throw new MissingError('UNKNOWN_GAME', `There is no game ${gameCode}`);
  return game;
}
