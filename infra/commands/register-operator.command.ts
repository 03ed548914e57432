import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { matching, oneOf } from '../../shared/command-line/values.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

/** Only a hash without a salt protects the key from a reader of the table, so the key must be beyond guessing. */
const KEY = matching(/^[\x21-\x7e]{32,256}$/, 'at least 32 characters of ASCII without spaces');

await runCommand(
  {
    command: 'npm run operator:register --',
    summary: 'Registers an operator and its wallet, or replaces them, and prints the key of the operator.',
    options: {
      operator: { value: 'ID', help: 'The id of the operator.', required: true },
      name: { value: 'NAME', help: 'The name of the operator.', required: true },
      'wallet-url': { value: 'URL', help: "The address of the operator's wallet.", required: true },
      'wallet-secret-file': {
        value: 'FILE',
        help: 'The file with the secret that is shared with the wallet; - is standard input.',
      },
      'wallet-secret': { value: 'SECRET', help: 'The secret itself; every user of this machine can see it.' },
      'wallet-calls': {
        value: 'STYLE',
        help: 'How the wallet is called: debit-credit or bet-win.',
        read: oneOf('debit-credit', 'bet-win'),
        default: 'debit-credit',
      },
      key: { value: 'KEY', help: 'The key of the operator; one is made where it is not given.', read: KEY },
      stage: STAGE,
    },
    example:
      '--operator acme --name Acme --wallet-url https://wallet.example/rgs --wallet-secret-file secret.txt --stage prod',
    notes: ['The secret of the wallet is needed, in one of the two ways.'],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async (options) => {
    const { registerOnStage } = await import('./register-operator.ts');
    await registerOnStage(options);
  },
);
