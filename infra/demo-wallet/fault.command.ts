import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { oneOf } from '../../shared/command-line/values.ts';

await runCommand(
  {
    command: 'npm run wallet:faults --',
    summary: 'Shows, sets, adds and clears what goes wrong at a demo wallet that runs on this machine.',
    arguments: {
      action: { help: 'show, set, add or clear.', read: oneOf('show', 'set', 'add', 'clear') },
      plan: { help: 'The file of a plan, for set.', optional: true },
    },
    options: {
      wallet: {
        value: 'URL',
        help: 'The address of the wallet; its port is WALLET_PORT where that is set.',
        default: `http://127.0.0.1:${process.env['WALLET_PORT'] || 8081}`,
      },
      fault: {
        value: 'FAULT',
        help:
          'What goes wrong, for add, as are all options below: commit-then-time-out, time-out, duplicate, reorder, ' +
          'rollback-before-bet, server-error, garbage, wrong-currency, wrong-transaction, negative-balance, another-amount, ' +
          'slow, close-socket, limit-reached, player-blocked or down.',
      },
      on: { value: 'CALL', help: 'The call that it strikes.', multiple: true },
      times: { value: 'N', help: 'How often it strikes.' },
      every: { value: 'N', help: 'It strikes every Nth call.' },
      skip: { value: 'N', help: 'The first N calls pass.' },
      probability: { value: 'P', help: 'The share of the calls that it strikes.' },
      seed: { value: 'N', help: 'The seed of the probability.' },
      'for-ms': { value: 'MS', help: 'For how long it strikes.' },
      player: { value: 'ID', help: 'The player whose calls it strikes.' },
      game: { value: 'CODE', help: 'The game whose calls it strikes.' },
      transaction: { value: 'ID', help: 'The transaction that it strikes.' },
      'delay-ms': { value: 'MS', help: 'How long slow waits.' },
      'hold-ms': { value: 'MS', help: 'How long reorder and rollback-before-bet hold a call back.' },
      status: { value: 'CODE', help: 'The status of server-error.' },
      commit: { help: 'server-error books the transaction first.' },
      form: { value: 'FORM', help: 'The form of garbage: html, cut-off, twice or too-long.' },
      when: { value: 'WHEN', help: 'When close-socket closes it: before, during or after the call.' },
    },
    example: 'add --fault slow --on debit --delay-ms 3000',
  },
  async ({ action, plan, ...options }) => {
    const { changeFaults } = await import('./fault-command.ts');
    await changeFaults(action, plan, options);
  },
);
