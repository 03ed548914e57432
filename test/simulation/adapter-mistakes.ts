/** Mistakes of the product's adapters, which only worlds show whose calls pass through them. */
export const adapterMistakes = {
  'refusal-after-a-stale-connection-taken-for-clean': {
    file: 'shared/wallets/adapters/wallet-exchange.ts',
    original: "isRepeated && status >= 400 ? 'SERVER_ERROR' : failureOf(status)",
    wrong: 'failureOf(status)',
    inAdapters: true,
  },
  'unsent-after-a-stale-connection-taken-for-clean': {
    file: 'shared/wallets/adapters/wallet-transport.ts',
    original: "second.kind === 'failed' ? { ...second, mayBeSent: true }",
    wrong: "second.kind === 'failed' ? second",
    inAdapters: true,
  },
  'any-refusal-taken-for-proven': {
    file: 'shared/wallets/adapters/wallet-replies.ts',
    original: `      return PROVEN_REFUSALS.includes(code)
        ? { kind: 'refused', code: 'WALLET_REFUSED' }
        : unknown('UNLISTED_REFUSAL');
`,
    wrong: "      return { kind: 'refused', code: 'WALLET_REFUSED' };\n",
    foundBy: 'a round that was refused took nothing',
    inAdapters: true,
  },
  'own-write-taken-for-a-lost-race': {
    file: 'shared/rounds/adapters/ledger.ts',
    original: '    return sameBytes(existing.mac, next.mac) ? existing : undefined;\n',
    wrong: '    return undefined;\n',
    foundBy: 'whoever repeats a write is told that it is written',
    inAdapters: true,
    seed: 'planted 4',
  },
  'unaccepted-messages-forgotten': {
    file: 'shared/rounds/adapters/sqs-recovery-queue.ts',
    original: '      left = left.filter(({ Id }) => Failed.some((failure) => failure.Id === Id));\n',
    wrong: '      left = left.filter(() => Failed.length > BATCH);\n',
    foundBy: 'what counts as queued is in the queue',
    inAdapters: true,
    seed: 'planted 19',
  },
} as const;
