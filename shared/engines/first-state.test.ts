import { expect, it } from 'vitest';
import { EngineError } from '../foundation/errors.ts';
import { loadParts } from './host/hostile-engine.fixture.ts';
import { firstStateOf } from './first-state.ts';

it('The first state of an engine is asked for once, and again where the engine did not give it', async () => {
  const engine = await loadParts();
  let resets = 0;
  const failing = Object.assign(Object.create(engine) as typeof engine, {
    reset: () => {
      resets += 1;
      if (resets === 1) throw new EngineError('TIMEOUT', 'too late');
      return engine.reset();
    },
  });
  await expect(firstStateOf(failing)).rejects.toThrow('too late');
  const first = await firstStateOf(failing);
  expect(await firstStateOf(failing)).toBe(first);
  expect(first).toEqual(engine.reset().state);
  expect(resets).toBe(2);
});
