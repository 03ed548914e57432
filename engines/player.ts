import { existsSync } from 'node:fs';
import type { EngineCapabilities, EngineMode } from '../shared/engines/engines.ts';

/** Names the action that a simulated player of a mode takes next, who sees what the last step showed. */
export type Player = (mode: string, view: unknown) => string;

/**
 * Loads the player whose rounds a game's rgs_simulate counts. `engines/<name>/player.ts` says once more what it does,
 * apart from the engine. A game without that file has no choices: the player takes the first action that opens the
 * mode, then the first of the bonus.
 */
export async function playerOf(name: string, capabilities: EngineCapabilities): Promise<Player> {
  const file = new URL(`${name}/player.ts`, import.meta.url);
  if (!existsSync(file)) return (mode, view) => withoutChoice(capabilities, mode, view);
  const { nextAction } = (await import(file.href)) as { readonly nextAction: Player };
  return nextAction;
}

function withoutChoice({ actions }: EngineCapabilities, mode: EngineMode['name'], view: unknown): string {
  const action = actions.find((candidate) =>
    view === undefined ? candidate.mode === mode : candidate.phase === 'bonus',
  );
  if (action === undefined) throw new Error('The game has no such action');
  return action.name;
}
