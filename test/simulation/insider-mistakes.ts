/** Mistakes that only somebody who writes the tables without the key can use. */
export const insiderMistakes = {
  'forged-rounds-believed': {
    file: 'shared/rounds/round-macs.ts',
    original: "    await this.#macs.check(placeOf('round', round), stateMessage(round), stored.mac);\n",
    wrong: '    stateMessage(round);\n',
    foundBy: 'nothing is paid that was not won',
  },
  'old-intents-rolled-back-at-once': {
    file: 'shared/rounds/rollback.ts',
    original: "  return status === 'VOIDING' && epoch > 1;\n",
    wrong: "  return status === 'VOIDING' && epoch > 1_000;\n",
    foundBy: 'a stake that was lost is not given back',
    seed: 'planted 3',
  },
  'changes-not-judged': {
    file: 'functions/_runtime/ledger-change.ts',
    original:
      '    refuse(violationOf({ before, after, isExpiry: isExpiry(record), atMs: timeOf(record) }));\n',
    wrong:
      '    refuse(after && violationOf({ before, after, isExpiry: isExpiry(record), atMs: timeOf(record) }));\n',
    foundBy: 'every forgery is parked',
  },
  'parked-without-a-freeze': {
    file: 'functions/_runtime/stream-batch.ts',
    original: '  if (pk !== undefined && isLogHash(pk)) await',
    wrong: '  if (pk !== undefined && isLogHash(pk) && isReplaced) await',
    foundBy: 'a log that is forged is frozen',
  },
  'parked-in-silence': {
    file: 'functions/_runtime/stream-batch.ts',
    original: "  telemetry.count('RecordParked');\n",
    wrong: '',
    foundBy: 'whatever is parked rings',
  },
  'frozen-logs-recovered': {
    file: 'shared/rounds/recover-round.ts',
    original: '  if (await ports.ledger.isFrozen(request.log)) return queueMuchLater(ports, request);\n',
    wrong:
      '  if ((await ports.ledger.isFrozen(request.log)) && request.once) return queueMuchLater(ports, request);\n',
    foundBy: 'a log that is frozen is left alone',
  },
} as const;
