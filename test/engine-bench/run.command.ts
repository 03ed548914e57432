import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run bench:engines --',
    summary: 'Measures what fuel, the sandbox and the host cost, each as a ratio within one run.',
    example: '',
    notes: ['The exit code is 1 where a target is missed.'],
  },
  async () => {
    const { benchEngines } = await import('./run.ts');
    return benchEngines();
  },
);
