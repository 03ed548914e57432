import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm start --',
    summary: 'Runs the whole product on this machine, with a demo wallet. Ctrl-C stops it; the data stays.',
    options: {
      verbose: { help: 'Also shows what functions print, and all of an error.' },
      inspect: {
        value: 'FUNCTION',
        help: 'Lets a debugger attach to this function, such as play-spin.',
        multiple: true,
      },
    },
    example: '--inspect play-spin',
    notes: [
      'PORT and WALLET_PORT set the ports of the API and of the wallet: 8080 and 8081 if not given, a free one for 0.',
      'RGS_DATA sets the folder of the data: .rgs/data if not given.',
      'RANDOM_URL sets where the seeds of rounds come from: this machine if not given.',
    ],
  },
  async (options) => {
    const { startHere } = await import('./start.ts');
    await startHere(options);
  },
);
