import { matching, oneOf } from '../../shared/command-line/values.ts';
import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

const OPERATOR = matching(/^[a-z0-9][a-z0-9-]{0,31}$/, 'the id of an operator, such as acme');

await runCommand(
  {
    command: 'npm run operator:switch --',
    summary: 'Switches an operator off, so that it gets no new sessions and no new spins, or on again.',
    arguments: {
      operator: { help: 'The id of the operator.', read: OPERATOR },
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
