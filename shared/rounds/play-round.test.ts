import { mainWallet } from '../operators/operator.fixture.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import type { WalletReply } from '../wallets/wallet.ts';
import { DependencyError, EngineError } from '../foundation/errors.ts';
import { hasOutcome, isFinal, type Round } from './round.ts';
import { type PlayPorts, type PlayRequest, playRound } from './play-round.ts';
import { recoverRound } from './recover-round.ts';
import { codeOf, coinStep, dyingAtDebit, log, RoundsFixture, sessionId, settings } from './rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));
const head = async () => (await table.ledger.head(log)) as Round;
const callNames = () => table.calls.map(({ call }) => call);
const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;

describe('A spin', () => {
  it("A spin debits the bet, then credits the win, and answers the wallet's balance", async () => {
    const answer = await play();
    expect(callNames()).toEqual(['debit', 'credit']);
    expect(answer).toMatchObject({ win: '2.00', balance: '101.00', outcome: { steps: 2 } });
    expect((await head()).status).toBe('CREDITED');
  });

  it('A spin writes the intent before it calls the wallet, and the outcome before it credits', async () => {
    const statuses: string[] = [];
    const ports = table.ports();
    const wallet = ports.wallets.of(table.operator, mainWallet);
    const watched = {
      ...wallet,
      debit: async (...args: Parameters<typeof wallet.debit>) => {
        statuses.push((await head()).status);
        return wallet.debit(...args);
      },
      credit: async (...args: Parameters<typeof wallet.credit>) => {
        statuses.push((await head()).status);
        return wallet.credit(...args);
      },
    };
    await playRound({ ...ports, wallets: { of: () => watched } }, settings, table.spin());
    expect(statuses).toEqual(['INTENT', 'COMMITTED']);
  });

  it('A spin derives its transaction ids from the round', async () => {
    const { roundId } = await play();
    const mac = Buffer.from((await head()).intentMac.subarray(0, 8)).toString('hex');
    expect(table.calls.map(({ transaction }) => transaction.transactionId)).toEqual([
      `${roundId}:${mac}:debit`,
      `${roundId}:${mac}:credit`,
    ]);
  });

  it('A spin starts from the state after the last committed round', async () => {
    await play({ idempotencyKey: 'a' });
    expect(await play({ idempotencyKey: 'b' })).toMatchObject({ outcome: { steps: 3 } });
  });

  it('A spin makes no credit call where it won nothing', async () => {
    table.step = (state) => coinStep(state, 0n);
    expect(await play()).toMatchObject({ win: '0.00', balance: '99.00' });
    expect(callNames()).toEqual(['debit']);
  });

  it('A spin whose credit fails still answers the win, and recovery credits it exactly once', async () => {
    table.replies.credit.push(unknown, unknown);
    expect(await play()).toMatchObject({ win: '2.00', balance: '101.00' });
    expect((await head()).status).toBe('COMMITTED');
    await table.recoverAll();
    expect((await head()).status).toBe('CREDITED');
    expect(table.balanceMinor).toBe(10_100n);
  });

  it('A spin is answered although neither the credit nor the recovery queue can be reached', async () => {
    table.replies.credit.push(unknown);
    const ports = table.ports();
    const recovery = {
      send: () => Promise.reject(new DependencyError('SERVICE_UNAVAILABLE', 'SQS is down')),
    };
    expect(await playRound({ ...ports, recovery }, settings, table.spin())).toMatchObject({ win: '2.00' });
    expect((await head()).status).toBe('COMMITTED');
  });

  it('A spin may follow a spin whose win is not credited yet', async () => {
    table.replies.credit.push(unknown);
    await play({ idempotencyKey: 'a' });
    expect(await play({ idempotencyKey: 'b' })).toMatchObject({ outcome: { steps: 3 } });
  });
});

describe('A debit', () => {
  it('A debit that is cleanly refused rejects the round and moves nothing', async () => {
    table.replies.debit.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play())).toBe('INSUFFICIENT_FUNDS');
    expect((await head()).status).toBe('REJECTED');
    expect(callNames()).toEqual(['debit']);
  });

  it('A debit that is unknown once is repeated with the same id', async () => {
    table.replies.debit.push(unknown);
    await play();
    const [first, second] = table.calls;
    expect(callNames()).toEqual(['debit', 'debit', 'credit']);
    expect(first?.transaction).toEqual(second?.transaction);
  });

  it('A debit that stays unknown voids the round, shows no outcome and is rolled back', async () => {
    table.replies.debit.push(unknown, unknown);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(callNames()).toEqual(['debit', 'debit', 'rollback']);
    expect((await head()).status).toBe('VOIDED');
  });

  it('A debit that is refused after an unknown attempt voids the round', async () => {
    table.replies.debit.push(unknown, { kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect((await head()).status).toBe('VOIDED');
  });

  it('A debit whose id the wallet knows for another payload raises an alarm and is not repeated', async () => {
    table.replies.debit.push({ kind: 'unknown', reason: 'TRANSACTION_MISMATCH' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(table.counted).toContain('WalletTransactionMismatch');
    expect(callNames()).toEqual(['debit', 'rollback']);
  });

  it('A debit that cannot be rolled back blocks the game until the rollback is acknowledged', async () => {
    table.replies.debit.push(unknown, unknown);
    table.replies.rollback.push({ kind: 'unknown', reason: 'TIMEOUT' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(await codeOf(play({ idempotencyKey: 'other' }))).toBe('ROUND_IN_FLIGHT');
    await table.recoverAll();
    expect((await head()).status).toBe('VOIDED');
    expect(await play({ idempotencyKey: 'other' })).toMatchObject({ outcome: { steps: 2 } });
  });

  it('A debit is rolled back although the wallet never saw it', async () => {
    table.replies.debit.push(unknown, unknown);
    table.replies.rollback.push({ kind: 'not-found' });
    await codeOf(play());
    expect((await head()).status).toBe('VOIDED');
  });
});

describe('An engine that fails', () => {
  describe.each([
    'ENGINE_TRAP',
    'OUT_OF_FUEL',
    'OUT_OF_MEMORY',
    'TIMEOUT',
    'BAD_OUTPUT',
    'ENGINE_REJECTED',
  ] as const)('with %s', (code) => {
    it('A round whose engine fails ends as FAILED before any money moves', async () => {
      table.step = () => {
        throw new EngineError(code, 'It failed');
      };
      expect(await codeOf(play())).toBe('ROUND_FAILED');
      expect(await head()).toMatchObject({ status: 'FAILED', failure: code });
      expect(table.calls).toEqual([]);
    });
  });

  it('The round fails where the payout is no amount', async () => {
    table.step = (state) => coinStep(state, -1n);
    expect(await codeOf(play())).toBe('ROUND_FAILED');
    expect(table.calls).toEqual([]);
  });
});

describe('A random source that fails', () => {
  it('The round is refused before anything is written', async () => {
    const failed = new DependencyError('SERVICE_UNAVAILABLE', 'The random source did not answer');
    const ports = { ...table.ports(), seeds: { seed: () => Promise.reject(failed) } };
    expect(await codeOf(playRound(ports, settings, table.spin()))).toBe('SERVICE_UNAVAILABLE');
    expect(await table.ledger.head(log)).toBeUndefined();
    expect(table.calls).toEqual([]);
  });
});

describe('A repeated request', () => {
  it('A repeated request gets the same answer and moves no money, however many rounds later', async () => {
    const first = await play({ idempotencyKey: 'first' });
    for (let index = 0; index < 30; index += 1) await play({ idempotencyKey: `other-${index}` });
    const calls = table.calls.length;
    expect(await play({ idempotencyKey: 'first' })).toEqual(first);
    expect(table.calls.length).toBe(calls);
  });

  it('A repeated request gets the same answer where the win was credited only after the first answer', async () => {
    table.replies.credit.push(unknown);
    const first = await play();
    table.balanceMinor += 5_000n;
    table.nowMs += settings.leaseMs;
    expect(first.winPending).toBe(true);
    expect(await play()).toEqual({ ...first, winPending: false });
    expect(await head()).toMatchObject({ status: 'CREDITED' });
  });

  it('A repeated request gets the same answer while the first is still crediting, whatever the two clocks say', async () => {
    const ports = table.ports();
    const credited = Promise.withResolvers<WalletReply>();
    const crediting = { ...ports.wallets.of(table.operator, mainWallet), credit: () => credited.promise };
    const first = playRound({ ...ports, wallets: { of: () => crediting } }, settings, table.spin());
    while ((await table.ledger.head(log))?.status !== 'COMMITTED') await new Promise(setImmediate);
    table.replies.credit.push(unknown);
    const ahead = { nowMs: () => table.nowMs + settings.leaseMs };
    const second = await playRound({ ...ports, clock: ahead }, settings, table.spin());
    credited.resolve({ kind: 'acknowledged', balanceMinor: minorAmount(99_999n) });
    expect(second.winPending).toBe(true);
    expect(await first).toEqual({ ...second, winPending: false });
  });

  it('A repeated request gets the same refusal', async () => {
    table.replies.debit.push({ kind: 'refused', code: 'LIMIT_REACHED' });
    expect(await codeOf(play())).toBe('LIMIT_REACHED');
    expect(await codeOf(play())).toBe('LIMIT_REACHED');
    expect(callNames()).toEqual(['debit']);
  });

  it('A repeated request is answered also after the session has ended', async () => {
    const first = await play();
    await table.sessions.revoke(sessionId, table.nowMs);
    expect(await play()).toEqual(first);
    expect(await codeOf(play({ idempotencyKey: 'new' }))).toBe('SESSION_REVOKED');
  });

  it('A repeated key is refused with another body', async () => {
    await play();
    expect(await codeOf(play({ betAmount: '2.00' }))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('A repeated request takes over a round whose handler died, with the same outcome, once the lease has run out', async () => {
    const steps: unknown[] = [];
    const ports = watchingSteps(table.ports(), steps);
    await expect(playRound(dyingAtDebit(ports), settings, table.spin())).rejects.toThrow('the process died');
    expect((await head()).status).toBe('INTENT');

    expect(await codeOf(play())).toBe('ROUND_IN_FLIGHT');
    table.nowMs += settings.leaseMs;
    table.game = { ...table.game, engineHash: 'd1'.repeat(32) };
    await playRound(ports, settings, table.spin());
    const round = await head();
    expect(round.epoch).toBe(2);
    expect(hasOutcome(round) && isFinal(round)).toBe(true);
    // Engine, seed, state and action are the same, so the engine gives the same result again.
    expect(steps).toHaveLength(2);
    expect(steps[1]).toEqual(steps[0]);
  });

  it('A round that was taken over is voided where the wallet refuses, because the first attempt may have emptied the balance', async () => {
    const ports = table.ports();
    await expect(playRound(dyingAtDebit(ports), settings, table.spin())).rejects.toThrow('the process died');
    table.nowMs += settings.leaseMs;
    table.replies.debit.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    await table.recoverUntil(table.nowMs + 5_000);
    expect(callNames()).toEqual(['debit', 'rollback']);
  });
});

/** Notes each step of the engine, and its input. */
function watchingSteps(ports: PlayPorts, steps: unknown[]): PlayPorts {
  const load = async (hash: string) => {
    const engine = await ports.engines.load(hash);
    const step: typeof engine.step = (input) => {
      steps.push({ hash, input });
      return engine.step(input);
    };
    return { ...engine, step };
  };
  return { ...ports, engines: { load } };
}

describe('A handler that lost its lease', () => {
  it('A handler that lost its lease can neither commit nor credit', async () => {
    const ports = table.ports();
    const wallet = ports.wallets.of(table.operator, mainWallet);
    const slow = {
      ...wallet,
      debit: async (...args: Parameters<typeof wallet.debit>) => {
        const reply = await wallet.debit(...args);
        table.nowMs += settings.leaseMs;
        await recoverRound(ports, settings, { log, number: 1, purpose: 'finish', attempt: 0 });
        return reply;
      },
    };
    expect(await codeOf(playRound({ ...ports, wallets: { of: () => slow } }, settings, table.spin()))).toBe(
      'ROUND_IN_FLIGHT',
    );
    await table.recoverAll();
    expect((await head()).status).toBe('VOIDED');
    expect(callNames()).toEqual(['debit', 'rollback']);
  });
});

describe('Many spins at once', () => {
  it('One of 50 spins at once is played at a time, and the others get ROUND_IN_FLIGHT', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => codeOf(play({ idempotencyKey: `key-${index}` }))),
    );
    const refused = answers.filter((code) => code === 'ROUND_IN_FLIGHT').length;
    expect(refused).toBe(49);
    expect((await head()).number).toBe(1);
  });
});

describe('A bonus', () => {
  beforeEach(() => {
    table.step = (state) => coinStep(state, 1_000_000n, (state[0] ?? 0) < 2);
  });

  const bonus = (idempotencyKey: string) => play({ kind: 'bonus', betAmount: undefined, idempotencyKey });

  it('A bonus costs nothing and wins in multiples of the bet that won it', async () => {
    await play({ betAmount: '2.00' });
    expect(await bonus('b')).toMatchObject({ win: '2.00' });
    expect(await head()).toMatchObject({ kind: 'bonus', stakeMinor: 0n, baseBetMinor: 200n });
    expect(callNames()).toEqual(['debit', 'credit', 'credit']);
  });

  it('A bonus action is required while a bonus is active, and refused while none is', async () => {
    expect(await codeOf(bonus('early'))).toBe('NO_ACTIVE_BONUS');
    await play();
    expect(await codeOf(play({ idempotencyKey: 'spin' }))).toBe('BONUS_ACTIVE');
    await bonus('b');
    expect(await codeOf(bonus('late'))).toBe('NO_ACTIVE_BONUS');
  });

  it('A bonus stays active where its action failed', async () => {
    await play();
    const { step } = table;
    table.step = () => {
      throw new EngineError('ENGINE_TRAP', 'unreachable');
    };
    expect(await codeOf(bonus('b'))).toBe('ROUND_FAILED');
    table.step = step;
    expect(await codeOf(play({ idempotencyKey: 'spin' }))).toBe('BONUS_ACTIVE');
    expect(await bonus('again')).toMatchObject({ outcome: { steps: 3 } });
  });

  it('A bonus can be played to its end after the game was disabled', async () => {
    await play();
    table.game = { ...table.game, enabled: false };
    expect(await bonus('b')).toMatchObject({ win: '1.00' });
    expect(await codeOf(play({ idempotencyKey: 'spin' }))).toBe('GAME_DISABLED');
  });

  it('A bonus can be played to its end after a realtime engine became active, which takes no spin', async () => {
    await play();
    table.game = { ...table.game, contract: 'realtime', engineHash: 'ee'.repeat(32) };
    expect(await bonus('b')).toMatchObject({ win: '1.00' });
    const before = { calls: table.calls.length, head: await table.ledger.head(log) };
    expect(await codeOf(play({ idempotencyKey: 'spin' }))).toBe('GAME_IS_REALTIME');
    expect({ calls: table.calls.length, head: await table.ledger.head(log) }).toEqual(before);
  });

  it('A bonus is not played in another currency', async () => {
    await play();
    const other = ids.session('11111111-5b6c-4d7e-9f80-112233445566');
    await table.open({ sessionId: other, currency: 'USD' });
    expect(
      await codeOf(play({ kind: 'bonus', betAmount: undefined, idempotencyKey: 'b', sessionId: other })),
    ).toBe('BONUS_CURRENCY_MISMATCH');
  });
});
