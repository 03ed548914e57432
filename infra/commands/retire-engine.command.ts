import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';
import { GAME, HASH } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:retire --',
    summary: 'Retires a version of a game, so that no round can begin on it any more.',
    arguments: { game: GAME, hash: HASH },
    options: { stage: STAGE },
    example: 'happy-panda 0123abcd',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ game, hash, stage }) => {
    const { retireOnStage } = await import('./engine-versions.ts');
    console.log(await retireOnStage(stage, game, hash));
  },
);
