import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';
import { GAME } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:versions --',
    summary: 'Lists the versions of a game, and which of them were made active when.',
    arguments: { game: GAME },
    options: { stage: STAGE },
    example: 'happy-panda',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ game, stage }) => {
    const { listOnStage } = await import('./engine-versions.ts');
    console.log(await listOnStage(stage, game));
  },
);
