import type { Engine } from './engines.ts';

const firstStates = new WeakMap<Engine, Promise<Uint8Array>>();

/**
 * Gives the state in which a game begins. It is a constant of its engine, so a process asks each engine once.
 * @throws EngineError as a reset does. A failure is not remembered
 */
export function firstStateOf(engine: Engine): Promise<Uint8Array> {
  const known = firstStates.get(engine);
  if (known) return known;
  const asked = ask(engine);
  firstStates.set(engine, asked);
  asked.catch(() => firstStates.delete(engine));
  return asked;
}

async function ask(engine: Engine): Promise<Uint8Array> {
  return (await engine.reset()).state;
}
