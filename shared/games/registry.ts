import { MissingError } from '../foundation/errors.ts';
import type { Game } from './game.ts';
import type { EngineVersion } from '../engines/engine-version.ts';
import type { Operator } from '../operators/operator.ts';
import type { Operators } from '../operators/operators.ts';
import type { GameCode, OperatorId } from '../foundation/ids.ts';

/** Reads operators and games as they are configured. Reads may be some seconds old. */
export interface Registry extends Operators {
  game(gameCode: GameCode): Promise<Game | undefined>;
  /** Reads a game as it is configured now. It costs a read each time. */
  presentGame(gameCode: GameCode): Promise<Game | undefined>;
  games(): Promise<Game[]>;
}

/** Writes the registry, for those who deploy and publish. */
export interface RegistryAdmin {
  /** Without the hash of a key, an operator keeps the key that it has. */
  putOperator(operator: Operator, keyHash?: string): Promise<void>;
  putGame(game: Game): Promise<void>;
  /** A disabled operator or game gets no new sessions and no new spins. */
  switchOperator(operatorId: OperatorId, enabled: boolean): Promise<void>;
  switchGame(gameCode: GameCode, enabled: boolean): Promise<void>;
  putEngineVersion(version: EngineVersion): Promise<void>;
}

/** @throws MissingError UNKNOWN_GAME */
export async function knownGame(registry: Pick<Registry, 'game'>, gameCode: GameCode): Promise<Game> {
  return existing(await registry.game(gameCode), gameCode);
}

/**
 * Finds a game for the next round of a log. Processes learn of an activation one after another. After a round on another
 * engine, this process may be the one that does not know yet. It reads the game again, so a log never goes back to the
 * version before.
 * @throws MissingError UNKNOWN_GAME
 */
export async function knownGameAfter(
  registry: Pick<Registry, 'game' | 'presentGame'>,
  gameCode: GameCode,
  lastEngineHash: string | undefined,
): Promise<Game> {
  const game = await knownGame(registry, gameCode);
  if (lastEngineHash === undefined || lastEngineHash === game.engineHash) return game;
  return existing(await registry.presentGame(gameCode), gameCode);
}

function existing(game: Game | undefined, gameCode: GameCode): Game {
  if (!game) throw new MissingError('UNKNOWN_GAME', `There is no game ${gameCode}`);
  return game;
}
