import { describe, expect, it } from 'vitest';
import { EngineError } from '../../foundation/errors.ts';
import { EngineHost } from './engine-host.ts';
import { assembleEngine, CAPABILITIES, codeOf, hashOf } from './hostile-engine.fixture.ts';

const engines = ['a', 'b', 'c'].map((id) =>
  assembleEngine({ capabilities: JSON.stringify({ ...CAPABILITIES, engine_id: id }) }),
);
const hashes = engines.map(hashOf);
const [a = '', b = '', c = ''] = hashes;

function countingArtefacts() {
  const fetched: string[] = [];
  return {
    fetched,
    fetch: async (hash: string) => {
      fetched.push(hash);
      const bytes = engines[hashes.indexOf(hash)];
      if (bytes === undefined) throw new EngineError('ENGINE_UNAVAILABLE', 'There is no such engine');
      return bytes;
    },
  };
}

describe('The engine host', () => {
  it('The host loads an engine once, although it is requested twice at the same time', async () => {
    const artefacts = countingArtefacts();
    const host = new EngineHost(artefacts);
    const [first, second] = await Promise.all([host.load(a), host.load(a)]);
    expect(await host.load(a)).toBe(first);
    expect(second).toBe(first);
    expect(artefacts.fetched).toEqual([a]);
  });

  it('The host keeps the engines that were used last', async () => {
    const artefacts = countingArtefacts();
    const host = new EngineHost(artefacts, { maxEngines: 2 });
    for (const hash of [a, b, a, c, a, b]) await host.load(hash);
    expect(artefacts.fetched).toEqual([a, b, c, b]);
  });

  it('The host loads an engine again after a failure', async () => {
    const artefacts = countingArtefacts();
    let down = true;
    const host = new EngineHost({
      fetch: async (hash) => {
        if (down) throw new EngineError('ENGINE_UNAVAILABLE', 'The store does not answer');
        return artefacts.fetch(hash);
      },
    });
    expect(await codeOf(() => host.load(a))).toBe('ENGINE_UNAVAILABLE');
    down = false;
    expect((await host.load(a)).capabilities.engineId).toBe('a');
  });

  it('A loaded engine is not affected where its bytes are changed later', async () => {
    const bytes = Uint8Array.from(engines[0] ?? []);
    const loading = new EngineHost({ fetch: async () => bytes }).load(a);
    await Promise.resolve().then(() => undefined);
    bytes.fill(0);
    expect((await loading).capabilities.engineId).toBe('a');
  });
});
