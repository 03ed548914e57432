import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { EXAMPLE_ROUND_ID, OPERATOR_OF_OLD_ROUND, ROUND_ID } from './round-argument.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run round --',
    summary: 'Shows what the ledger, the logs and the archive say of a round.',
    arguments: { round: ROUND_ID },
    options: {
      operator: OPERATOR_OF_OLD_ROUND,
      json: { help: 'Prints the same as JSON.' },
      stage: STAGE,
    },
    example: EXAMPLE_ROUND_ID,
    notes: [
      'The exit code is 1 where somebody has changed the item of the round. The item is shown all the same.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ round, operator, json, stage }) => {
    const { traceRound, traceText } = await import('./round-on-stage.ts');
    const trace = await traceRound(stage, { roundId: round, operatorId: operator });
    console.log(json ? JSON.stringify(trace, undefined, 2) : traceText(trace));
    return trace.forged ? 1 : 0;
  },
);
