import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { ON_ONE_VERSION } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:retire --',
    summary: 'Retires a version of a game, so that no round can begin on it any more.',
    ...ON_ONE_VERSION,
  },
  async ({ game, hash, stage }) => {
    const { retireOnStage } = await import('./engine-versions.ts');
    console.log(await retireOnStage(stage, game, hash));
  },
);
