import { oneOf } from '../../shared/command-line/values.ts';
import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { OPERATOR } from './operator-argument.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run operator:switch --',
    summary: 'Switches an operator off, so that it gets no new sessions and no new spins, or on again.',
    arguments: {
      operator: OPERATOR,
      state: { help: 'on or off.', read: oneOf('on', 'off') },
    },
    options: { stage: STAGE },
    example: 'acme off --stage prod',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ operator, state, stage }) => {
    const { switchOperatorOnStage } = await import('./switch.ts');
    await switchOperatorOnStage(stage, operator, state);
  },
);
