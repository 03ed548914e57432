import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { matching, wholeNumber } from '../../shared/command-line/values.ts';

const COUNT = wholeNumber(1, Number.MAX_SAFE_INTEGER);

await runCommand(
  {
    command: 'npm run simulate --',
    summary: 'Plays rounds of a game by the million, and reports on what they returned.',
    arguments: { name: { help: 'The folder of the game in engines.' } },
    options: {
      // The last round of a seed is below 2^48.
      rounds: { value: 'N', help: 'How many rounds; 1000000 if not given.', read: wholeNumber(1, 2 ** 48) },
      exact: { help: 'Also compares with the figures that follow from the rules.' },
      mode: { value: 'MODE', help: 'The mode to play; the first of the game if not given.' },
      seed: {
        value: 'HEX',
        help: 'The seed, 32 bytes; a random one if not given.',
        read: matching(/^[0-9a-f]{64}$/, '32 bytes in lower-case hex'),
      },
      workers: {
        value: 'N',
        help: 'How many threads; as many as there are processors if not given.',
        read: wholeNumber(1, 256),
      },
      stage: { value: 'STAGE', help: 'Plays on the functions of this stage.' },
      'shard-rounds': {
        value: 'N',
        help: 'About how many rounds a function plays, with --stage.',
        read: COUNT,
      },
      resume: {
        value: 'ID',
        help: 'Waits for a run that was started before, with --stage.',
        read: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'the id of a simulation'),
      },
      json: { value: 'FILE', help: 'Writes the report as JSON.' },
      html: { value: 'FILE', help: 'Writes the report as a page.' },
    },
    example: 'happy-panda --rounds 10000000 --exact --html report.html',
    notes: [
      'The exit code is 0 where every check passed, 1 where one did not, and 2 where it could not be run.',
    ],
    whenUnreachable: 'for the stage local, start the local run with npm start',
    failureCode: 2,
  },
  async ({ name, ...options }) => {
    const { simulateGame } = await import('./simulate.ts');
    return simulateGame(name, options);
  },
);
