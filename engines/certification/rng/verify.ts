/** `npm run verify:rng`: statistical evidence on the random words that rounds consume. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { progressBar } from '../../../shared/command-line/adapters/progress.ts';
import { type Evidence, gatherEvidence, mostRefused } from './evidence.ts';
import { roundStream, seedsFrom, type Words } from './stream.ts';

export interface VerifyOptions {
  readonly samples: number;
  readonly words: number;
  /** Seeds come from this text; without it, they come as rounds get them. */
  readonly seed: string | undefined;
  /** Only writes the words. */
  readonly raw: boolean;
}

/** @returns the exit code: 0 where every test passed, 1 where one did not */
export async function verifyRandomWords({ samples, words, seed, raw }: VerifyOptions): Promise<number> {
  const next = await roundStream(seed === undefined ? undefined : seedsFrom(seed));
  return raw ? writeRaw(next) : report(next, samples, words, seed);
}

function report(next: Words, samples: number, words: number, seed: string | undefined): number {
  console.log(
    `${samples} samples of ${words} words a test; ${seed === undefined ? 'seeds as rounds get them' : `seeds from "${seed}"`}`,
  );
  const evidence = gatherShowingProgress(next, samples, words);
  for (const { test, refused, uniformity, passed } of evidence) {
    const verdict = passed ? 'passed' : 'FAILED';
    console.log(
      `${verdict}  ${test}: ${refused} refused at 99 % (at most ${mostRefused(samples)}), p-values uniform with p = ${uniformity.toFixed(4)}`,
    );
  }
  const passed = evidence.every((one) => one.passed);
  console.log(passed ? 'Every test passed.' : 'Not every test passed.');
  return passed ? 0 : 1;
}

function gatherShowingProgress(next: Words, samples: number, words: number): Evidence[] {
  using progress = progressBar('Testing', 'samples');
  progress.show(0, samples);
  return gatherEvidence(next, { samples, words, onProgress: (done) => progress.show(done, samples) });
}

const BLOCK_WORDS = 65_536;

/** Until the reader has had enough and closes its end. */
async function writeRaw(next: Words): Promise<number> {
  try {
    await pipeline(Readable.from(blocksOf(next)), process.stdout);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  return 0;
}

function* blocksOf(next: Words): Generator<Buffer> {
  for (;;) yield Buffer.from(Uint32Array.from({ length: BLOCK_WORDS }, next).buffer);
}
