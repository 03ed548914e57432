import { adapterMistakes } from './adapter-mistakes.ts';
import { insiderMistakes } from './insider-mistakes.ts';

export interface Planted {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly original: string;
  readonly wrong: string;
  /** The one rule that finds it, where the others do not. */
  readonly foundBy?: string;
  /** Only worlds whose calls pass through the product's adapters show it. */
  readonly inAdapters?: true;
  /** A world of this seed shows it after few decisions, where those of the common seed take minutes to shorten. */
  readonly seed?: string;
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
    foundBy: 'a win is paid only after the round is committed',
  },
  'void-without-a-fence': {
    file: 'shared/rounds/recover-round.ts',
    original: "const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;",
    wrong: `if (round.status === 'INTENT' && !(await sendRollback(ports, operator, round))) return false;
  const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;`,
    foundBy: 'a stake is given back only after the round is voided in writing',
  },
  'no-second-rollback': {
    file: 'shared/rounds/recover-round.ts',
    original: '  if (!(await sendRollback(ports, operator, round))) return false;\n',
    wrong: '',
    foundBy: 'the last rollback of a voided round is sent until it is answered',
  },
  'random-transaction-ids': {
    file: 'shared/rounds/transaction-id.ts',
    original: 'return `${name}:${movement}` as',
    wrong: 'return `${name}:${movement}:${Math.random()}` as',
  },
  'refused-credit-taken-for-paid': {
    file: 'shared/rounds/credit.ts',
    original: "  if (reply.kind !== 'acknowledged') return round;\n",
    wrong: "  if (reply.kind === 'unknown') return round;\n",
  },
  'lost-epoch-ignored': {
    file: 'shared/rounds/advance-round.ts',
    original: '  return ledger.save(transition(round, event), round);\n',
    wrong: '  const next = transition(round, event);\n  return (await ledger.save(next, round)) ?? next;\n',
    foundBy: 'a win is paid only after the round is committed',
  },
  'refusal-after-unknown-taken-for-clean': {
    file: 'shared/rounds/debit.ts',
    original: 'refusal: reply.code, earlierAttemptUnknown };',
    wrong: 'refusal: reply.code, earlierAttemptUnknown: false };',
    foundBy: 'a round that was refused took nothing',
  },
  'unsent-after-unknown-taken-for-clean': {
    file: 'shared/rounds/debit.ts',
    original: "    if (earlierAttemptUnknown) return { kind: 'unknown' };\n",
    wrong: '    earlierAttemptUnknown = false;\n',
    foundBy: 'a round that was refused took nothing',
  },
  'unsent-forgets-an-earlier-owner': {
    file: 'shared/rounds/round-transitions.ts',
    original: '      return event.earlierAttemptUnknown || mayHaveBeenDebited(round)\n',
    wrong:
      "      return event.earlierAttemptUnknown || (mayHaveBeenDebited(round) && event.refusal !== 'WALLET_UNAVAILABLE')\n",
    foundBy: 'a round that was refused took nothing',
  },
  'engine-version-flaps-back': {
    file: 'shared/games/registry.ts',
    original: '  return existing(await registry.presentGame(gameCode), gameCode);\n',
    wrong: '  return game;\n',
    foundBy: 'a version that a log has left is not played again',
  },
  'state-crosses-bets': {
    file: 'shared/rounds/opening-state.ts',
    original: '  throw boundTo(newest);\n',
    wrong: '  return carried;\n',
    foundBy: 'a round starts from the state that the one before it led to',
  },
  'refused-rollback-taken-for-done': {
    file: 'shared/rounds/rollback.ts',
    original: "  return reply.kind !== 'unknown';\n",
    wrong: "  return reply.kind !== 'unknown' || reply.reason === 'REFUSED';\n",
    seed: 'planted 0',
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
    original: '      return sameBytes(existing.intentMac, round.intentMac)\n',
    wrong: '      return sameBytes(existing.intentMac, new Uint8Array())\n',
  },
  'own-save-not-recognised': {
    file: 'shared/rounds/adapters/memory-ledger.ts',
    original: "next.status !== 'INTENT' && sameBytes(found.mac, next.mac)",
    wrong: 'sameBytes(found.mac, new Uint8Array())',
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
  'win-counted-twice-in-the-balance': {
    file: 'shared/rounds/commit.ts',
    original: "round.walletCalls === 'bet-win' ? balanceMinor : plus(balanceMinor, winMinor);",
    wrong: 'plus(balanceMinor, winMinor);',
    foundBy: "a player's balance is told as the wallet told it",
  },
  'no-balance-told-of-a-bonus': {
    file: 'shared/rounds/play-bonus.ts',
    original: 'const balanceMinor = checked.knownBalanceMinor ?? NOTHING;',
    wrong: 'const balanceMinor = NOTHING;',
    foundBy: "a player's balance is told as the wallet told it",
  },
  'bonus-wins-doubled': {
    file: 'shared/rounds/play-bonus.ts',
    original: 'outcome: outcomeOf(terms, stepped, balanceMinor) };',
    wrong: 'outcome: outcomeOf(terms, { ...stepped, winMinor: stepped.winMinor * 2n }, balanceMinor) };',
    foundBy: 'an outcome follows from the seed and the state',
  },
  'balance-before-without-the-stake': {
    file: 'shared/rounds/commit.ts',
    original: '  const beforeMinor = plus(minus(afterMinor, winMinor), stakeMinor);\n',
    wrong: '  const beforeMinor = minus(afterMinor, winMinor);\n',
    foundBy: 'the balance before a round is the one after it without stake and win',
  },
  'old-balance-answered': {
    file: 'shared/rounds/round-answer.ts',
    original: 'balance: formatAmount(round.outcome.balanceAfterMinor, currency)',
    wrong: 'balance: formatAmount(round.outcome.balanceBeforeMinor, currency)',
    foundBy: 'balance and win are answered as they are on record',
  },
  'seed-of-a-round-without-an-outcome-again': {
    file: 'shared/rounds/check-request.ts',
    original: '  const seed = await ports.seeds.seed();\n',
    wrong: `  const { operatorId, playerId, gameCode } = session;
  const context = [operatorId, playerId, gameCode, newest?.number, newest?.roundId, 'start'].join('#');
  const seed =
    newest && !('outcome' in newest)
      ? (await ports.cipher.open(newest.sealedOpening, context)).subarray(0, 32)
      : await ports.seeds.seed();
`,
    foundBy: 'no seed is used twice',
  },
  'seed-not-of-the-generator': {
    file: 'shared/rounds/check-request.ts',
    original: '  const seed = await ports.seeds.seed();\n',
    wrong: `  const seed = bonus ? Uint8Array.from({ length: 32 }, () => 256 * Math.random()) : await ports.seeds.seed();
`,
    foundBy: 'a seed comes from the generator',
  },
  'lease-counts-from-the-start': {
    file: 'shared/rounds/round.ts',
    original: `export function isHeld({ updatedAtMs }: Round, leaseMs: number, nowMs: number): boolean {
  return nowMs - updatedAtMs < leaseMs;
`,
    wrong: `export function isHeld({ startedAtMs }: Round, leaseMs: number, nowMs: number): boolean {
  return nowMs - startedAtMs < leaseMs;
`,
    foundBy: 'a round changes hands only after its lease, which counts from its last write',
  },
  'abandoned-while-it-is-held': {
    file: 'shared/rounds/advance-round.ts',
    original: '  if (isHeld(intent, leaseMs, nowMs)) return undefined;\n',
    wrong: '',
    foundBy: 'a round changes hands only after its lease, which counts from its last write',
  },
  'any-request-abandons': {
    file: 'shared/rounds/play-round.ts',
    original: '  if (!earlier) await recoverBlocked(ports, settings, newest);\n',
    wrong: `  if (!earlier) await recoverBlocked(ports, settings, newest);
  if (!earlier && newest?.status === 'INTENT' && ports.clock.nowMs() - newest.updatedAtMs >= settings.leaseMs)
    await ports.ledger.save(
      { ...newest, status: 'VOIDING', reason: 'ABANDONED', epoch: newest.epoch + 1, updatedAtMs: ports.clock.nowMs() },
      newest,
    );
`,
    foundBy: 'a round is taken over only by its own request, and abandoned only by that or by recovery',
  },
  'voided-without-a-stamp': {
    file: 'shared/rounds/round-transitions.ts',
    original: "return { ...rest, status: 'VOIDED', updatedAtMs: event.atMs };",
    wrong: "return { ...rest, status: 'VOIDED' };",
    foundBy: 'each write is stamped with its own time',
  },
  'intent-started-at-the-launch': {
    file: 'shared/rounds/reserve-round.ts',
    original: 'const intent = { ...terms, epoch: 1,',
    wrong: 'const intent = { ...terms, startedAtMs: checked.session.createdAtMs, epoch: 1,',
    foundBy: 'a round starts at the time of its first write',
  },
  'end-told-with-the-start': {
    file: 'shared/archive/archive-rounds.ts',
    original: '    atMs: round.updatedAtMs,\n',
    wrong: '    atMs: round.startedAtMs,\n',
    foundBy: 'the end of a round is published with its time',
  },
  'stake-asked-for-three-times': {
    file: 'functions/_runtime/play-handler.ts',
    original: 'const DEBIT_ATTEMPTS = 2;',
    wrong: 'const DEBIT_ATTEMPTS = 3;',
    foundBy: 'a stake is asked for twice at most, and not again after an answer',
  },
  'rolled-back-at-each-repeat': {
    file: 'shared/rounds/drive-round.ts',
    original: "  return round.status === 'VOIDING' ? rollback",
    wrong: `  if (round.status === 'VOIDED')
    void rollback({ ...ports, ledger: { save: async () => round } }, operator, { ...round, status: 'VOIDING' });
  return round.status === 'VOIDING' ? rollback`,
    foundBy: 'a wallet is not called for a round that is over, but for its last rollback',
  },
  'recovery-does-not-wait-longer': {
    file: 'shared/rounds/queue-again.ts',
    original: 'FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10)',
    wrong: 'FIRST_BACKOFF_MS',
    foundBy: 'each attempt of recovery waits longer than the one before it',
  },
  'silent-wallet-asked-for-each-round': {
    file: 'shared/rounds/recover-batch.ts',
    original: '      if (!silent) return',
    wrong: '      if (silent || !silent) return',
    foundBy: 'of a wallet that does not answer the first round of a batch, no other is asked',
  },
  'mismatch-without-an-alarm': {
    file: 'shared/wallets/counted-wallets.ts',
    original: "      if (reason === 'TRANSACTION_MISMATCH') telemetry.count('WalletTransactionMismatch');\n",
    wrong: '',
    foundBy: 'an alarm rings where it should, and nowhere else',
  },
  'mark-before-the-alarm': {
    file: 'shared/rounds/recover-in-line.ts',
    original: `  ports.telemetry.count(round.status === 'COMMITTED' ? 'CreditPendingLong' : 'RollbackPendingLong');
  await ports.marks.ring(round, purpose);
`,
    wrong: `  await ports.marks.ring(round, purpose);
  ports.telemetry.count(round.status === 'COMMITTED' ? 'CreditPendingLong' : 'RollbackPendingLong');
`,
    foundBy: 'an alarm rings before its mark is written',
  },
  'alarm-at-each-attempt': {
    file: 'shared/rounds/recover-in-line.ts',
    original: "  if (marks.rung || round.status === 'INTENT') return;\n",
    wrong: "  if (round.status === 'INTENT') return;\n",
    foundBy: 'the alarm of a round that is owed for long rings once',
  },
  'no-alarm-of-a-last-rollback': {
    file: 'shared/rounds/recover-in-line.ts',
    original: "  if (marks.rung || round.status === 'INTENT') return;\n",
    wrong: "  if (marks.rung || purpose === 'confirm-void' || round.status === 'INTENT') return;\n",
    foundBy: 'the alarm of a round that is owed for long rings once',
  },
  'alarm-of-an-abandoned-intent': {
    file: 'shared/rounds/recover-in-line.ts',
    original: "  if (marks.rung || round.status === 'INTENT') return;\n",
    wrong: '  if (marks.rung) return;\n',
    foundBy: 'the alarm of a round that is owed for long rings once',
    seed: 'planted 7',
  },
  'last-rollbacks-not-listed': {
    file: 'shared/rounds/pending-rounds.ts',
    original: '      if (!isOwedForLong(owedSince(unfinished), nowMs)) continue;\n',
    wrong:
      "      if (unfinished.status === 'VOIDED' || !isOwedForLong(owedSince(unfinished), nowMs)) continue;\n",
    foundBy: 'a round whose alarm rings is listed',
  },
  'no-recovery-asked-for': {
    file: 'shared/rounds/credit-and-answer.ts',
    original: '  await queueRecovery(ports, round);\n',
    wrong: '',
    foundBy: 'whoever leaves a round that is owed asks for its recovery',
  },
  'stuck-log-left-to-others': {
    file: 'shared/rounds/play-round.ts',
    original: '  if (!earlier) await recoverBlocked(ports, settings, newest);\n',
    wrong: '',
    foundBy: 'whoever finds a log stuck asks for the recovery of what blocks it',
  },
  'old-changes-passed-over': {
    file: 'shared/archive/archive-rounds.ts',
    original: 'ports.recovery.send(unfinished(changes), ',
    wrong:
      'ports.recovery.send(unfinished(changes.filter(({ after }) => ports.clock.nowMs() - after.updatedAtMs < 1_800_000)), ',
    foundBy: 'a round ends without the daily sweep',
  },
  'revoked-session-plays-on': {
    file: 'shared/sessions/session.ts',
    original:
      "  if (session.revokedAtMs !== undefined) throw new AccessError('SESSION_REVOKED', 'The session was revoked');\n",
    wrong: '',
    foundBy: 'a closed session, operator or game begins no round',
  },
  'expired-session-plays-on': {
    file: 'shared/sessions/session.ts',
    original: 'nowMs >= session.expiresAtMs || ',
    wrong: '',
    foundBy: 'a closed session, operator or game begins no round',
  },
  'closed-operator-plays-on': {
    file: 'shared/rounds/check-request.ts',
    original: "  if (request.kind === 'spin') assertOpen(operator, game);\n",
    wrong: '',
    foundBy: 'a closed session, operator or game begins no round',
  },
  'bonus-refused-where-its-game-is-closed': {
    file: 'shared/rounds/check-request.ts',
    original: "  if (request.kind === 'spin') assertOpen(operator, game);\n",
    wrong: '  assertOpen(operator, game);\n',
    foundBy: 'a bonus that was won is played to its end, whatever was closed since',
  },
  'closed-round-taken-over': {
    file: 'shared/rounds/play-round.ts',
    original: 'found && (await abandonIfClosed(ports, settings, asked, found));',
    wrong: 'found;',
    foundBy: 'a paid round that was closed is not taken over',
  },
  'open-round-abandoned': {
    file: 'shared/rounds/repeat-round.ts',
    original: '  if (await isOpen(ports, settings, asked)) return earlier;\n',
    wrong: '',
    foundBy: 'a request abandons a round only where something was closed',
  },
  ...adapterMistakes,
  ...insiderMistakes,
} as const satisfies Record<string, Planted>;

export type Mistake = keyof typeof planted;
export const mistakes = Object.keys(planted) as readonly Mistake[];
