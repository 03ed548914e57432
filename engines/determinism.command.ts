import { runCommand } from '../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run verify:determinism --',
    summary:
      'Plays the recorded steps of each game under other releases of Node, which npx fetches, and compares every byte and\n' +
      'the fuel.',
    example: '',
  },
  async () => {
    const { verifyDeterminism } = await import('./determinism.ts');
    return verifyDeterminism();
  },
);
