import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm exec -- node infra/commands/seed-demo.command.ts',
    summary: 'Publishes Happy Panda on a stage, and registers the demo operator with the demo wallet.',
    options: {
      'wallet-url': { value: 'URL', help: 'Where the demo wallet is.', default: 'http://127.0.0.1:8081' },
      'wallet-secret': { value: 'SECRET', help: 'The secret of the demo wallet.', required: true },
      stage: STAGE,
    },
    example: '--wallet-secret demo-wallet-secret-for-this-machine-only',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async (options) => {
    const { seedStage } = await import('./seed-demo.ts');
    await seedStage(options);
  },
);
