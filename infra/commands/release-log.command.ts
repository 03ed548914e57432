import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { oneOf } from '../../shared/command-line/values.ts';
import { type ReleaseObstacle, releaseObstacles } from './release-obstacles.ts';
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
      despite: {
        help: 'Releases the log although the command refuses with this code.',
        value: 'CODE',
        multiple: true,
        read: oneOf(...(Object.keys(releaseObstacles) as ReleaseObstacle[])),
      },
    },
    example: `${EXAMPLE_ROUND_ID} --by alice`,
    notes: [
      'The id may be that of any round of the log. Without --by, the command only shows the freeze.',
      'The log is not released while its rounds cannot be read, differ from the archive or are missing.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ round, stage, by, despite }) => {
    const { releaseLog } = await import('./release-log.ts');
    console.log(await releaseLog(stage, round, { by, despite }));
  },
);
