import { createHash } from 'node:crypto';
import { systemRandom } from '../../../shared/aws/random.ts';
import { buildModule } from '../../build.ts';
import { compileRaw, RawEngine, readAnswer, stepBytes } from '../../raw-engine.ts';
import { compileRandomProbe } from '../../sdk/random.fixture.ts';

/** Each call gives the next 32 bits. */
export type Words = () => number;

/** A game with reels, whose spins draw a word for each, and sometimes more. */
const GAME = 'happy-panda';

/**
 * Gives the words that rounds consume, one round after the other. Each action of a game that is played on and on has a
 * seed of its own, as where players play. It takes as many words from the head of its stream as it really drew.
 * @param seedOf where a round's seed comes from; by default, where the functions that play take it from
 */
export async function roundStream(seedOf: (round: number) => Uint8Array = freshSeed): Promise<Words> {
  const generator = await compileRandomProbe();
  const draw = await playedGame();
  let round = 0;
  let left = 0;
  return () => {
    while (left === 0) {
      const seed = seedOf(round);
      left = draw(seed);
      generator.startStep(seed, 0n);
      round += 1;
    }
    left -= 1;
    return generator.next();
  };
}

/** Plays the game's next action with a seed, and answers how many words that drew. */
async function playedGame(): Promise<(seed: Uint8Array) => number> {
  const entries = [`engines/${GAME}/assembly/index.ts`, 'engines/sdk/assembly/draw-probe.ts'];
  const engine = new RawEngine(await compileRaw((await buildModule(`${GAME}.draws`, entries)).path));
  const { words_drawn: drawn } = engine.exports as { readonly words_drawn: () => number };
  const [spin, freeSpin] = ['base', 'bonus'].map(
    (phase) => engine.capabilities().actions.find((action) => action.phase === phase)?.code ?? 0,
  );
  let { state, bonusActive } = engine.reset();
  return (seed) => {
    const action = (bonusActive ? freeSpin : spin) ?? 0;
    const output = engine.ask('rgs_step', stepBytes({ seed, stepIndex: 0n, state, action }));
    if (typeof output === 'number') throw new Error(`${GAME} refuses its own action with ${output}`);
    ({ state, bonusActive } = readAnswer(output));
    return drawn();
  };
}

function freshSeed(): Uint8Array {
  return systemRandom.bytes(32);
}

/** Makes seeds that can be had again, for a run that is to be repeated. */
export function seedsFrom(seed: string): (round: number) => Uint8Array {
  return (round) => new Uint8Array(createHash('sha256').update(`${seed}:${round}`).digest());
}

/** Draws a uniform integer below a bound as the wire contract does: docs/engines.md, Randomness. */
export function scaled(next: Words, bound: number): number {
  const excess = 2 ** 32 % bound;
  for (;;) {
    const product = BigInt(next()) * BigInt(bound);
    if (Number(product & 0xffff_ffffn) >= excess) return Number(product >> 32n);
  }
}
