import { describe, expect, it } from 'vitest';
import { codeOf, loadParts } from './hostile-engine.fixture.ts';
import { simulate } from './simulation.ts';

const batch = { seed: new Uint8Array(32), first: 0n, rounds: 10 };

/** Gives the host's verdict on counters with so many buckets and of this length. */
async function verdict(length: string, buckets = 0): Promise<string> {
  const simulateBody = `
    (memory.fill (i32.const 65536) (i32.const 0) (i32.const 65536))
    (i32.store (i32.const 65640) (i32.const ${buckets}))
    (i32.const ${length})`;
  const engine = await loadParts({ simulateBody });
  return codeOf(() => simulate(engine, batch));
}

describe('The counters of a simulation', () => {
  it.each([
    ['without buckets', '108', 0],
    ['with as many buckets as fit the buffer', '65532', 4_089],
  ])('The counters are read %s', async (_, length, buckets) => {
    expect(await verdict(length, buckets)).toBe('none');
  });

  it.each([
    ['are longer than the buffer', '65537', 0],
    ['are longer than any memory', '2147483647', 0],
    ['are empty', '0', 0],
    ['end before the number of buckets', '107', 0],
    ['end behind the last bucket', '109', 0],
    ['lack a bucket', '108', 1],
    ['have a bucket too many', '124', 0],
    ['name more buckets than any memory holds', '108', -1],
    ['name so many that their length is the right one in 32 bits', '108', 0x1000_0000],
  ])('The counters are refused where they %s', async (_, length, buckets) => {
    expect(await verdict(length, buckets)).toBe('BAD_OUTPUT');
  });

  it.each(['-1', '-2147483648'])('The counters are refused where the engine answers %s', async (length) => {
    expect(await verdict(length)).toBe('ENGINE_REJECTED');
  });
});
