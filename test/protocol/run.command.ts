import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run verify:protocol --',
    summary:
      'Explores every state that a round can reach with each kind of wallet; then each planted mistake must be found.',
    example: '',
    notes: ['The exit code is 1 where a state breaks a rule or a mistake is not found.'],
  },
  async () => {
    const { verify } = await import('./run.ts');
    return (await verify()) === 0 ? 0 : 1;
  },
);
