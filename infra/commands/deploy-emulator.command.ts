import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { oneOf } from '../../shared/command-line/values.ts';

await runCommand(
  {
    command: 'npm run deploy:localstack --',
    summary: 'Deploys the stage local to an emulator of AWS that runs already, with the CDK CLI.',
    options: {
      endpoint: {
        value: 'URL',
        help: 'Where the emulator serves every service of AWS.',
        default: 'http://127.0.0.1:4566',
      },
      api: {
        value: 'KIND',
        help: "http or rest; LocalStack's free edition has no HTTP APIs.",
        read: oneOf('http', 'rest'),
        default: 'rest',
      },
      'outputs-file': {
        value: 'FILE',
        help: "The file for the stack's outputs.",
        default: '.rgs/emulator-outputs.json',
      },
    },
    whenUnreachable:
      'start LocalStack with "docker compose -f localstack-compose.yml up -d --wait", or name another address with --endpoint',
    example: '--endpoint http://127.0.0.1:4566',
  },
  async ({ endpoint, api, 'outputs-file': outputsFile }) => {
    const { deployToEmulator } = await import('./deploy-emulator.ts');
    await deployToEmulator({ endpoint, api, outputsFile });
  },
);
