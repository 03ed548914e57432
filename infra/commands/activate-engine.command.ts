import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { ON_ONE_VERSION } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:activate --',
    summary: 'Makes a version of a game the one that new rounds play on.',
    ...ON_ONE_VERSION,
  },
  async ({ game, hash, stage }) => {
    const { activateOnStage } = await import('./engine-versions.ts');
    console.log(await activateOnStage(stage, game, hash));
  },
);
