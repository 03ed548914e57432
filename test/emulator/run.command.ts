import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { oneOf } from '../../shared/command-line/values.ts';

await runCommand(
  {
    command: 'npm run test:emulator --',
    summary:
      'Plays the end-to-end suite on an emulator of AWS (MiniStack), which it installs, starts and stops.',
    arguments: { vitest: { help: 'Options of vitest, after a second --.', optional: true, multiple: true } },
    options: {
      api: {
        value: 'KIND',
        help: 'The kind of the API: http or rest.',
        read: oneOf('http', 'rest'),
        default: 'http',
      },
      install: { help: 'Only installs the emulator.' },
    },
    example: '--api rest',
    notes: ['Python 3.10 or newer is needed. The exit code is that of the suite.'],
  },
  async ({ api, install, vitest }) => {
    const { installEmulator, testOnEmulator } = await import('./run.ts');
    if (!install) return testOnEmulator(api, vitest);
    await installEmulator();
    return 0;
  },
);
