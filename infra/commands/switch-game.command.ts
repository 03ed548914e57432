import { oneOf } from '../../shared/command-line/values.ts';
import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';
import { GAME } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run game:switch --',
    summary: 'Switches a game off, so that it gets no new sessions and no new spins, or on again.',
    arguments: { game: GAME, state: { help: 'on or off.', read: oneOf('on', 'off') } },
    options: { stage: STAGE },
    example: 'happy-panda off --stage prod',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ game, state, stage }) => {
    const { switchGameOnStage } = await import('./switch.ts');
    await switchGameOnStage(stage, game, state);
  },
);
