import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';
import { GAME, HASH } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:activate --',
    summary: 'Makes a version of a game the one that new rounds play on.',
    arguments: { game: GAME, hash: HASH },
    options: { stage: STAGE },
    example: 'happy-panda 0123abcd',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ game, hash, stage }) => {
    const { activateOnStage } = await import('./engine-versions.ts');
    console.log(await activateOnStage(stage, game, hash));
  },
);
