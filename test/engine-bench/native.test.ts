import { expect, it } from 'vitest';
import { simulate } from '../../shared/engines/host/simulation.ts';
import { loadBuiltEngine } from '../../engines/built-engine.ts';
import { compileNative, countersOf } from './native.ts';

it('Happy Panda in C comes to the same counters as the engine, wherever there is a compiler', async () => {
  const seed = new Uint8Array(32).fill(3);
  const tally = simulate(await loadBuiltEngine('happy-panda'), { seed, first: 7n, rounds: 50_000 });
  const native = await compileNative(tally);
  try {
    const counters = await native?.simulate(seed, 7n, 50_000).then((run) => run.counters);
    expect(counters ?? 'no compiler').toEqual(native ? countersOf(tally) : 'no compiler');
  } finally {
    await native?.remove();
  }
});
