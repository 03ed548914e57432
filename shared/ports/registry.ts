import type { EngineVersion, Game } from '../domain/game.ts';
import type { Operator } from '../domain/operator.ts';

/** Operators and games as configured. Reads may be some seconds old. */
export interface Registry {
  operator(operatorId: string): Promise<Operator | undefined>;
  /** `keyHash`: SHA-256 of the key, hex; the key itself is nowhere stored. */
  operatorByKey(keyHash: string): Promise<Operator | undefined>;
  game(gameCode: string): Promise<Game | undefined>;
  games(): Promise<Game[]>;
}

/** The writing side, for those who deploy and publish. */
export interface RegistryAdmin {
  putOperator(operator: Operator, keyHash: string): Promise<void>;
  putGame(game: Game): Promise<void>;
  putEngineVersion(version: EngineVersion): Promise<void>;
}
