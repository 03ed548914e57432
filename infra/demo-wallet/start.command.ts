import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run wallet --',
    summary: 'Runs the demo wallet by itself, until it is stopped.',
    options: { faults: { value: 'FILE', help: 'The plan of what goes wrong at the wallet.' } },
    example: '--faults infra/demo-wallet/plans/mixed.json',
    notes: [
      'WALLET_PORT is the port (8081), WALLET_DATA the folder of its balances, WALLET_SECRET the secret of its callers.',
    ],
  },
  async ({ faults }) => {
    const { startWallet } = await import('./start.ts');
    await startWallet(faults);
  },
);
