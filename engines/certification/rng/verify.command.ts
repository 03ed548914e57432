import { runCommand } from '../../../shared/command-line/adapters/run-command.ts';
import { wholeNumber } from '../../../shared/command-line/values.ts';

/** NIST SP 800-22, 4.2.2: the spread of p-values of fewer samples cannot be told. */
const LEAST_SAMPLES = 55;
/** Fewer would leave most cells of some tests with less than five expected counts. */
const LEAST_WORDS = 4_096;

await runCommand(
  {
    command: 'npm run verify:rng --',
    summary: 'Tests the random words that rounds consume, and says of each test whether they passed it.',
    options: {
      samples: {
        value: 'N',
        help: 'How many samples each test takes.',
        read: wholeNumber(LEAST_SAMPLES, 1_000_000),
        default: '1000',
      },
      words: {
        value: 'N',
        help: 'How many words a sample has.',
        read: wholeNumber(LEAST_WORDS, 100_000_000),
        default: '10000',
      },
      seed: {
        value: 'TEXT',
        help: 'Makes the seeds from this text; without it, they come as rounds get them.',
      },
      raw: { help: 'Only writes the words, in binary, until the reader has had enough.' },
    },
    example: '--samples 55 --words 4096',
    notes: [
      'The exit code is 0 where every test passed, 1 where one did not, and 2 where none could be run.',
    ],
    failureCode: 2,
  },
  async (options) => {
    const { verifyRandomWords } = await import('./verify.ts');
    return verifyRandomWords(options);
  },
);
