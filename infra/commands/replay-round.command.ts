import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { EXAMPLE_ROUND_ID, OPERATOR_OF_OLD_ROUND, ROUND_ID } from './round-argument.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run round:replay --',
    summary: 'Computes a round again from its record and compares the result with the record, byte for byte.',
    arguments: { round: ROUND_ID },
    options: { operator: OPERATOR_OF_OLD_ROUND, stage: STAGE },
    example: EXAMPLE_ROUND_ID,
    notes: [
      'The exit code is 0 where everything is the same, 1 where something differs, and 2 where it could not be computed.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
    failureCode: 2,
  },
  async ({ round, operator, stage }) => {
    const { replayOnStage, replayText } = await import('./round-on-stage.ts');
    const parts = await replayOnStage(stage, { roundId: round, operatorId: operator });
    console.log(replayText(parts));
    return parts.some(({ recorded, recomputed }) => recorded !== recomputed) ? 1 : 0;
  },
);
