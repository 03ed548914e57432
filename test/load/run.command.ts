import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { BENCH_LOAD, loadOptionsOf } from './options.ts';

await runCommand(BENCH_LOAD, async (values) => {
  const { bench } = await import('./run.ts');
  return bench(loadOptionsOf(values));
});
