import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { matching, oneOf } from '../../shared/command-line/values.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

/** Only a hash without a salt protects the key from a reader of the table, so the key must be beyond guessing. */
const KEY = matching(/^[\x21-\x7e]{32,256}$/, 'at least 32 characters of ASCII without spaces');

const WALLET_ID = matching(/^[a-z0-9][a-z0-9-]{0,15}$/, 'lower-case letters, digits and "-", at most 16');

await runCommand(
  {
    command: 'npm run operator:register --',
    summary:
      'Registers an operator and one of its wallets, or replaces them, and prints the key of a new operator.',
    options: {
      operator: { value: 'ID', help: 'The id of the operator.', required: true },
      name: { value: 'NAME', help: 'The name of the operator.', required: true },
      'wallet-id': {
        value: 'ID',
        help: "The operator's wallet. It stands for one set of books, so other books need another id.",
        read: WALLET_ID,
      },
      'wallet-url': { value: 'URL', help: 'The address of the wallet.', required: true },
      'wallet-secret-file': {
        value: 'FILE',
        help: 'The file with the secret that is shared with the wallet; - is standard input.',
      },
      'wallet-secret': { value: 'SECRET', help: 'The secret itself; every user of this machine can see it.' },
      'wallet-calls': {
        value: 'STYLE',
        help: 'How the wallet is called: debit-credit, as a new one is, or bet-win.',
        read: oneOf('debit-credit', 'bet-win'),
      },
      current: { help: 'Makes a wallet that the operator had before the current one again.' },
      key: {
        value: 'KEY',
        help: 'The key of the operator, in the place of one that is made here.',
        read: KEY,
      },
      'new-key': { help: 'Makes a new key for an operator that is registered. The old one stops working.' },
      stage: STAGE,
    },
    example:
      '--operator acme --name Acme --wallet-url https://wallet.example/rgs --wallet-secret-file secret.txt --stage prod',
    notes: [
      'The secret of the wallet is needed, in one of the two ways.',
      'An operator that is registered keeps its key unless --key or --new-key is given, and stays disabled if it is.',
      'A wallet with a new id becomes the current one, and the operator keeps the others for the rounds of these.',
      'Without --wallet-id it is the current wallet, at its present address; the first one of an operator is main.',
    ],
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async (options) => {
    const { registerOnStage } = await import('./register-operator.ts');
    await registerOnStage(options);
  },
);
