interface Planted {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly original: string;
  readonly wrong: string;
}

/** Mistakes that others have made, as changes of the product's source. The simulation must find every one of them. */
export const planted = {
  'credit-before-commit': {
    file: 'shared/rounds/play-round.ts',
    original: '  const committed = await commit(ports, intent, stepped, debited); // COMMITTED\n',
    wrong: `  if (intent.round.walletCalls === 'debit-credit' && debited.kind === 'acknowledged' && stepped.winMinor > 0n) {
    const { roundId, log, sessionId, currency } = intent.round;
    const { playerId, gameCode } = log;
    const transactionId = roundId + ':credit';
    const amountMinor = stepped.winMinor;
    await ports.wallets.of(operator, intent.round.walletId).credit({ transactionId, roundId, playerId, gameCode, sessionId, currency, amountMinor });
  }
  const committed = await commit(ports, intent, stepped, debited);
`,
  },
  'void-without-a-fence': {
    file: 'shared/rounds/recover-round.ts',
    original: "const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;",
    wrong: `if (round.status === 'INTENT' && !(await sendRollback(ports, operator, round))) return false;
  const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;`,
  },
  'no-second-rollback': {
    file: 'shared/rounds/recover-round.ts',
    original: '  if (!(await sendRollback(ports, operator, round))) return false;\n',
    wrong: '',
  },
  'random-transaction-ids': {
    file: 'shared/rounds/transaction-id.ts',
    original: 'return `${roundId}:${movement}` as',
    wrong: 'return `${roundId}:${movement}:${Math.random()}` as',
  },
  'refused-credit-taken-for-paid': {
    file: 'shared/rounds/credit.ts',
    original: "  if (reply.kind !== 'acknowledged') return round;\n",
    wrong: "  if (reply.kind === 'unknown') return round;\n",
  },
  'lost-epoch-ignored': {
    file: 'shared/rounds/advance-round.ts',
    original:
      '  return (await ledger.save(next, { status: round.status, epoch: round.epoch })) ? next : undefined;\n',
    wrong: '  await ledger.save(next, { status: round.status, epoch: round.epoch });\n  return next;\n',
  },
  'refusal-after-unknown-taken-for-clean': {
    file: 'shared/rounds/debit.ts',
    original: 'refusal: reply.code, earlierAttemptUnknown };',
    wrong: 'refusal: reply.code, earlierAttemptUnknown: false };',
  },
  'unsent-after-unknown-taken-for-clean': {
    file: 'shared/rounds/debit.ts',
    original: "    if (earlierAttemptUnknown) return { kind: 'unknown' };\n",
    wrong: '    earlierAttemptUnknown = false;\n',
  },
  'unsent-forgets-an-earlier-owner': {
    file: 'shared/rounds/round-transitions.ts',
    original: '      return event.earlierAttemptUnknown || mayHaveBeenDebited(round)\n',
    wrong:
      "      return event.earlierAttemptUnknown || (mayHaveBeenDebited(round) && event.refusal !== 'WALLET_UNAVAILABLE')\n",
  },
  'engine-version-flaps-back': {
    file: 'shared/games/registry.ts',
    original: '  return existing(await registry.presentGame(gameCode), gameCode);\n',
    wrong: '  return game;\n',
  },
  'state-crosses-bets': {
    file: 'shared/rounds/opening-state.ts',
    original: '  throw boundTo(newest);\n',
    wrong: '  return carried;\n',
  },
  'refused-rollback-taken-for-done': {
    file: 'shared/rounds/rollback.ts',
    original: "  return reply.kind !== 'unknown';\n",
    wrong: "  return reply.kind !== 'unknown' || reply.reason === 'REFUSED';\n",
  },
  'rollback-at-the-current-wallet': {
    file: 'shared/rounds/rollback.ts',
    original: 'wallets.of(operator, round.walletId)',
    wrong: 'wallets.of(operator, operator.walletId)',
  },
  'no-check-by-the-stream': {
    file: 'shared/archive/archive-rounds.ts',
    original: '  await ports.recovery.send(unfinished(changes), settings.leaseMs + CHECK_MARGIN_MS);\n',
    wrong: '',
  },
  'recovery-tries-once': {
    file: 'shared/rounds/recover-round.ts',
    original: '  if (!(await attempt())) await queueAgain(ports, [asked]);\n',
    wrong: "  if (!(await attempt()) && request.purpose !== 'finish') await queueAgain(ports, [asked]);\n",
  },
  'nothing-swept': {
    file: 'shared/rounds/sweep-rounds.ts',
    original: '    await ports.recovery.send(due, 0);\n',
    wrong: '    await ports.recovery.send(due.slice(due.length), 0);\n',
  },
  'own-append-not-recognised': {
    file: 'shared/rounds/adapters/memory-ledger.ts',
    original:
      '      return existing.roundId === round.roundId ? { appended: true } : { appended: false, existing };\n',
    wrong: '      return { appended: false, existing };\n',
  },
  'own-save-not-recognised': {
    file: 'shared/rounds/adapters/memory-ledger.ts',
    original: "    return next.status !== 'INTENT' && isDeepStrictEqual(found, next);\n",
    wrong: '    return false;\n',
  },
  'earlier-owner-forgotten': {
    file: 'shared/rounds/round-transitions.ts',
    original: 'event.earlierAttemptUnknown || mayHaveBeenDebited(round)',
    wrong: 'event.earlierAttemptUnknown',
  },
  'engine-failure-taken-for-clean': {
    file: 'shared/rounds/round-transitions.ts',
    original: "? toVoiding(round, 'ENGINE_FAILED_AFTER_UNKNOWN', event)",
    wrong: "? { ...rest, status: 'FAILED', failure: event.failure, updatedAtMs: event.atMs }",
  },
  'stake-before-the-engine': {
    file: 'shared/rounds/play-round.ts',
    original: '  const stepped = await stepAndSeal(ports, intent);\n',
    wrong: `  if (intent.round.stakeMinor > 0n && intent.round.walletCalls === 'debit-credit')
    await debit(ports, { debitAttempts: 1 }, operator, intent, { kind: 'stepped', step: undefined, winMinor: 0n });
  const stepped = await stepAndSeal(ports, intent);
`,
  },
  'any-win-taken-for-declared': {
    file: 'shared/rounds/step-engine.ts',
    original:
      "    if (!keepsToDeclared(engine.capabilities, round, step)) return { kind: 'failed', failure: 'BAD_OUTPUT' };\n",
    wrong: '',
  },
  'take-over-without-an-epoch': {
    file: 'shared/rounds/round-transitions.ts',
    original: "{ ...expect(round, 'INTENT', event), epoch: round.epoch + 1, updatedAtMs: event.atMs }",
    wrong: "{ ...expect(round, 'INTENT', event), updatedAtMs: event.atMs }",
  },
} as const satisfies Record<string, Planted>;

export type Mistake = keyof typeof planted;
export const mistakes = Object.keys(planted) as readonly Mistake[];
