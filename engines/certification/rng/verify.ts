/** `npm run verify:rng`: statistical evidence on the random words that rounds consume. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { progressLine } from '../../../infra/commands/progress-line.ts';
import { gatherEvidence, LEAST_SAMPLES, mostRefused } from './evidence.ts';
import { roundStream, seedsFrom, type Words } from './stream.ts';

const positive = z.coerce.number().int().positive();
const Options = z.object({
  samples: positive.min(LEAST_SAMPLES).max(1_000_000),
  // Fewer would leave most cells of some tests with less than five expected counts.
  words: positive.min(4_096).max(100_000_000),
  seed: z.string().min(1).optional(),
  raw: z.boolean(),
});

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        samples: { type: 'string', default: '1000' },
        words: { type: 'string', default: '10000' },
        seed: { type: 'string' },
        raw: { type: 'boolean', default: false },
      },
    });
    const { samples, words, seed, raw } = Options.parse(values);
    const next = await roundStream(seed === undefined ? undefined : seedsFrom(seed));
    if (raw) return await writeRaw(next);
    return report(next, samples, words, seed);
  } catch (error) {
    console.error(
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error,
    );
    return 2;
  }
}

function report(next: Words, samples: number, words: number, seed: string | undefined): number {
  console.log(
    `${samples} samples of ${words} words a test; ${seed === undefined ? 'seeds as rounds get them' : `seeds from "${seed}"`}`,
  );
  const progress = progressLine();
  const onProgress = (done: number) => progress.show(`${done} of ${samples} samples`);
  const evidence = gatherEvidence(next, { samples, words, onProgress });
  progress.end();
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

process.exitCode = await main();
