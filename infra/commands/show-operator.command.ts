import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { OPERATOR } from './operator-argument.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run operator:show --',
    summary: 'Shows an operator and its wallets, and which of them is the current one.',
    arguments: { operator: OPERATOR },
    options: { json: { help: 'Prints the same as JSON.' }, stage: STAGE },
    example: 'acme --stage prod',
    notes: ['It tells whether the secret of each wallet is there, and never what it is.'],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ operator, json, stage }) => {
    const { operatorOnStage, operatorText } = await import('./show-operator.ts');
    const shown = await operatorOnStage(stage, operator);
    console.log(json ? JSON.stringify(shown, undefined, 2) : operatorText(shown));
  },
);
