import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run rounds:pending --',
    summary:
      'Lists the rounds of all operators whose credit or rollback no wallet has acknowledged for five minutes or more. It reads the whole ledger.',
    options: { json: { help: 'Prints the list as JSON.' }, stage: STAGE },
    example: '--stage local',
    notes: [
      'The exit code is 0 where nothing is pending, 1 where something is or cannot be read, and 2 where the ledger could not be read.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
    failureCode: 2,
  },
  async ({ json, stage }) => {
    const { pendingOnStage, pendingText } = await import('./pending-rounds.ts');
    const list = await pendingOnStage(stage);
    console.log(json ? JSON.stringify(list, undefined, 2) : pendingText(list));
    return list.pending.length + list.unreadable.length > 0 ? 1 : 0;
  },
);
