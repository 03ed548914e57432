import { describe, expect, it } from 'vitest';
import { CONFORMING, type EngineParts, loadParts } from '../host/hostile-engine.fixture.ts';
import { simulate } from '../host/simulation.ts';
import { checkRemoteConformance } from './conformance-remote.ts';
import type { SimulatingSubject } from './conformance-simulation.ts';

async function subjectOf(parts: Partial<EngineParts> = {}): Promise<SimulatingSubject> {
  const engine = await loadParts({ ...CONFORMING, ...parts });
  return {
    capabilities: engine.capabilities,
    inFlight: 16,
    reset: async () => engine.reset(),
    play: async (input) => ({ input, answer: engine.step(input), fuel: 0n, memoryPages: 0 }),
    simulate: async (batch) => simulate(engine, batch),
  };
}

const poorer = {
  stepBody: `${CONFORMING.stepBody} (i64.store (i32.const 65540) (i64.const 949999))`,
};

describe('An engine on a server', () => {
  it('A remote engine conforms where it answers as it did, wherever it is asked', async () => {
    const conformance = checkRemoteConformance(await subjectOf(), await subjectOf(), 'fresh');
    expect(await conformance).toEqual({ rounds: 500, steps: 500, simulates: true });
  });

  it('A remote engine does not conform where another connection leads to other answers', async () => {
    await expect(checkRemoteConformance(await subjectOf(), await subjectOf(poorer), 'fresh')).rejects.toThrow(
      /another answer.* on another connection/,
    );
  });

  it('A remote engine does not conform where another connection leads to another first state', async () => {
    const elsewhere = await subjectOf();
    const reset = async () => ({ ...(await elsewhere.reset()), state: Uint8Array.of(1) });
    await expect(checkRemoteConformance(await subjectOf(), { ...elsewhere, reset }, 'fresh')).rejects.toThrow(
      /a reset has another answer/,
    );
  });

  it('A remote engine does not conform where its game declares a fresh state and a round leaves another', async () => {
    const subject = await subjectOf();
    const carrying: SimulatingSubject = {
      ...subject,
      reset: async () => ({ ...(await subject.reset()), state: Uint8Array.of(7) }),
    };
    await expect(checkRemoteConformance(carrying, carrying, 'fresh')).rejects.toThrow('a fresh state');
    expect(await checkRemoteConformance(carrying, carrying, 'bound')).toMatchObject({ steps: 500 });
  });

  it('A remote engine does not conform where its simulation fails', async () => {
    const subject = await subjectOf({ simulateBody: 'unreachable' });
    await expect(checkRemoteConformance(subject, await subjectOf(), 'fresh')).rejects.toMatchObject({
      code: 'ENGINE_TRAP',
    });
  });
});
