import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run bench:budget --',
    summary:
      'Counts what a spin costs in calls, capacity and bytes, and writes test/budget/spin-budget.json.',
    example: '',
    notes: ['The exit code is 1 where a spin is over its budget.'],
  },
  async () => {
    const { measureBudget } = await import('./run.ts');
    return measureBudget();
  },
);
