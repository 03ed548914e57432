import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { TEST_MUTATION, tasksOf } from './options.ts';

await runCommand(TEST_MUTATION, async ({ incremental, concurrency, ...selection }) => {
  const { testMutation } = await import('./run.ts');
  return (await testMutation(tasksOf(selection), { incremental, concurrency })) ? 0 : 1;
});
