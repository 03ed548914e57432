import { chiSquare } from '../../../shared/simulation/statistics.ts';
import { randomnessTests } from './tests.ts';
import type { Words } from './stream.ts';

export interface Evidence {
  readonly test: string;
  readonly samples: number;
  /** How many samples a test at 99 % refuses: about one in a hundred of a fair source. */
  readonly refused: number;
  /** Whether the p-values of all samples are spread evenly, as those of a fair source are. */
  readonly uniformity: number;
  readonly passed: boolean;
}

export interface EvidenceOptions {
  readonly samples: number;
  /** For each test of each sample. */
  readonly words: number;
  readonly onProgress?: (samplesDone: number) => void;
}

const LEVEL = 0.01;
const BINS = 10;
/** NIST SP 800-22, 4.2.2: p-values whose own p-value is below this are not uniform. */
const RARE = 0.0001;

/** Runs every test on sample after sample of one stream. */
export function gatherEvidence(next: Words, { samples, words, onProgress }: EvidenceOptions): Evidence[] {
  const pValues = new Map(Object.keys(randomnessTests).map((test) => [test, [] as number[]]));
  for (let sample = 0; sample < samples; sample += 1) {
    for (const [test, run] of Object.entries(randomnessTests)) pValues.get(test)?.push(run(next, words));
    onProgress?.(sample + 1);
  }
  return [...pValues].map(([test, values]) => judge(test, values));
}

function judge(test: string, pValues: readonly number[]): Evidence {
  const samples = pValues.length;
  // What is no number was computed of words that no fair source gives, such as the same bit all along.
  const refused = pValues.filter((pValue) => !(pValue >= LEVEL)).length;
  const bins = Array.from({ length: BINS }, () => 0);
  for (const pValue of pValues) {
    const bin = Number.isNaN(pValue) ? 0 : Math.min(BINS - 1, Math.floor(pValue * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const uniformity = chiSquare(
    bins,
    bins.map(() => 1),
  ).pValue;
  const passed = refused <= mostRefused(samples) && uniformity >= RARE;
  return { test, samples, refused, uniformity, passed };
}

/**
 * Computes how many refused samples are still allowed. A fair source has more of them in one run of ten thousand, by
 * the tail of the binomial distribution.
 */
export function mostRefused(samples: number): number {
  // In logarithms: of many samples, the chance that none is refused is less than a number can be.
  let logChance = samples * Math.log1p(-LEVEL);
  let tail = 1 - Math.exp(logChance);
  let most = 0;
  while (tail > RARE) {
    most += 1;
    logChance += Math.log(((samples - most + 1) / most) * (LEVEL / (1 - LEVEL)));
    tail -= Math.exp(logChance);
  }
  return most;
}
