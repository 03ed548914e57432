/** Each thread collects its own garbage: V8's helpers, two for each processor, took half of the time from the worlds. */
import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { oneOf, wholeNumber } from '../../shared/command-line/values.ts';
import { adapterChoices } from './adapter-choices.ts';
import { mistakes } from './mistakes.ts';

const COUNT = wholeNumber(0, 999_999_999);

await runCommand(
  {
    command: 'npm run verify:faults --',
    summary:
      'Plays the product in simulated worlds full of faults, and fails where a rule is broken or a fault was never tried.\n' +
      'The same seed prints the same lines.',
    options: {
      spins: { value: 'N', help: 'How many spins the players ask for.', read: COUNT, default: '100000' },
      seed: { value: 'TEXT', help: 'The seed; a random one if not given.' },
      world: { value: 'N', help: 'Plays only the world of this number.', read: COUNT },
      credits: {
        value: 'N',
        help: 'How many wins wait for a wallet that is down for a day.',
        read: COUNT,
        default: '100000',
      },
      adapters: {
        value: 'WHICH',
        help: `Which worlds pass their calls through the product's adapters: ${adapterChoices.join(', ')}.`,
        read: oneOf(...adapterChoices),
        default: 'drawn',
      },
      mistake: {
        value: 'NAME',
        help: `Plants a mistake that must be found: ${mistakes.join(', ')}.`,
        read: oneOf(...mistakes),
      },
    },
    example: '--spins 20000 --seed 1',
  },
  async (options) => {
    const { verifyFaults } = await import('./run.ts');
    return verifyFaults(options);
  },
);
