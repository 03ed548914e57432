import { describe, expect, it } from 'vitest';
import type { CommittedRound } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import type { Cipher } from '../encryption/cipher.ts';
import { unsealOpening, unsealStateAfter, sealOpening, sealStateAfter } from './round-opening.ts';

/** Shows for which context each text was sealed or opened, and leaves the bytes as they are. */
function watched() {
  const contexts: string[] = [];
  const note = async (bytes: Uint8Array, context: string) => {
    contexts.push(context);
    return bytes;
  };
  return { cipher: { seal: note, open: note } satisfies Cipher, contexts };
}

const seed = new Uint8Array(32).fill(7);
const state = new Uint8Array([1, 2, 3]);
const round = sampleIntent({ number: 42 });

describe('The sealed opening of a round', () => {
  it('Sealed values are bound to operator, player, game, number, round and place, in words that stay for ever', async () => {
    const { cipher, contexts } = watched();
    const committed: CommittedRound = { ...round, status: 'COMMITTED', outcome: sampleOutcome() };
    await sealOpening(cipher, round, { seed, state });
    await unsealOpening(cipher, { ...round, sealedOpening: seed });
    await sealStateAfter(cipher, round, state);
    await unsealStateAfter(cipher, committed);
    expect(contexts).toEqual([
      'demo#player123#happy-panda#42#eb7b1981-a000-82db-8000-002a3db34cdb#start',
      'demo#player123#happy-panda#42#eb7b1981-a000-82db-8000-002a3db34cdb#start',
      'demo#player123#happy-panda#42#eb7b1981-a000-82db-8000-002a3db34cdb#end',
      'demo#player123#happy-panda#42#eb7b1981-a000-82db-8000-002a3db34cdb#end',
    ]);
  });

  it('The seed and the opening state are sealed together, whatever the length of the state', async () => {
    const { cipher } = watched();
    for (const opening of [state, new Uint8Array()]) {
      const sealedOpening = await sealOpening(cipher, round, { seed, state: opening });
      expect(await unsealOpening(cipher, { ...round, sealedOpening })).toEqual({ seed, state: opening });
    }
  });

  it('An opening is corrupt where it has fewer bytes than a seed, and the error names the round', async () => {
    const short = unsealOpening(watched().cipher, { ...round, sealedOpening: seed.subarray(1) });
    await expect(short).rejects.toMatchObject({ code: 'CORRUPT_RECORD', roundId: round.roundId });
  });
});
