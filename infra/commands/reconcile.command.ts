import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run reconcile --',
    summary:
      "Compares an operator's rounds with its wallet's own list of transactions. The period is yesterday (UTC) unless it is given.",
    options: {
      operator: { value: 'ID', help: 'The operator whose rounds are compared.', required: true },
      from: { value: 'TIME', help: 'The start of the period, such as 2026-11-21 or 2026-11-21T06:00:00Z.' },
      to: { value: 'TIME', help: 'The end of the period, which is not part of it.' },
      unfinished: { help: 'Also reads the ledger for rounds that are not final.' },
      json: { help: 'Prints the report as JSON.' },
      stage: STAGE,
    },
    example: '--operator demo --from 2026-11-21 --to 2026-11-22',
    notes: [
      'The exit code is 0 where both agree, 1 where they differ or a record is wrong, and 2 where they could not be compared.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
    failureCode: 2,
  },
  async (options) => {
    const { reconcileOnStage } = await import('./reconcile.ts');
    return reconcileOnStage(options);
  },
);
