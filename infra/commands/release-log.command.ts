import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { EXAMPLE_ROUND_ID, ROUND_ID } from './round-argument.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run log:release --',
    summary: 'Lets a frozen log of rounds be played again, after a person has looked at what was parked.',
    arguments: { round: ROUND_ID },
    options: {
      stage: STAGE,
      by: {
        help: 'The name of the person who has looked at it. The log of process-ledger-stream keeps it.',
        value: 'name',
      },
    },
    example: `${EXAMPLE_ROUND_ID} --by alice`,
    notes: ['The id may be that of any round of the log. Without --by, the command only shows the freeze.'],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ round, stage, by }) => {
    const { releaseLog } = await import('./release-log.ts');
    console.log(await releaseLog(stage, round, by));
  },
);
