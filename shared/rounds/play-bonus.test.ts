import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../foundation/errors.ts';
import { mainWallet } from '../operators/operator.fixture.ts';
import { type PlayPorts, type PlayRequest, playRound } from './play-round.ts';
import { recoverRound } from './recover-round.ts';
import { hasOutcome, type Round, type RoundStatus } from './round.ts';
import { logHashOf } from './round-address.ts';
import { unsealOpening, unsealStateAfter } from './round-opening.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;

let table: RoundsFixture;

/** A spin has won a bonus of one action. The calls and counts are those of the action alone. */
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
  table.step = (state) => coinStep(state, 0n, true);
  await playRound(table.ports(), settings, table.spin({ idempotencyKey: 'spin' }));
  table.step = (state) => coinStep(state, 1_500_000n);
  for (const list of [table.calls, table.calledAt, table.counted]) list.length = 0;
});

const bonus = (overrides: Partial<PlayRequest> = {}, ports: PlayPorts = table.ports()) => {
  const action = { kind: 'bonus', betAmount: undefined, idempotencyKey: 'bonus', ...overrides } as const;
  return playRound(ports, settings, table.spin(action));
};
const head = async () => (await table.ledger.head(log)) as Round;
const credits = () => table.calls.filter(({ call }) => call === 'credit');

/** Ports of a process whose write comes to this. */
function withAppend(append: PlayPorts['ledger']['append'], ports = table.ports()): PlayPorts {
  return { ...ports, ledger: { ...ports.ledger, append } };
}

/** Ports of processes that all draw their seeds only when there are as many of them. */
function meeting(count: number): PlayPorts {
  const ports = table.ports();
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  const seed = async () => {
    waiting += 1;
    if (waiting === count) all.resolve();
    await all.promise;
    return ports.seeds.seed();
  };
  return { ...ports, seeds: { seed } };
}

/** Notes the status that each write leads to. */
function watchWrites(): { readonly writes: [string, RoundStatus][] } {
  const writes: [string, RoundStatus][] = [];
  const { append, save } = table.ledger;
  vi.spyOn(table.ledger, 'append').mockImplementation((round) => {
    writes.push(['append', round.status]);
    return append.call(table.ledger, round);
  });
  vi.spyOn(table.ledger, 'save').mockImplementation((next, present) => {
    writes.push(['save', next.status]);
    return save.call(table.ledger, next, present);
  });
  return { writes };
}

describe('A bonus action', () => {
  it('A bonus action is one write, and the credit of its win is another', async () => {
    const { writes } = watchWrites();
    expect(await bonus()).toMatchObject({ win: '1.50', balance: '100.50' });
    expect(writes).toEqual([
      ['append', 'COMMITTED'],
      ['save', 'CREDITED'],
    ]);
    expect(await head()).toMatchObject({ number: 2, epoch: 1, stakeMinor: 0n, status: 'CREDITED' });
    expect(table.counted).toEqual(['RoundCommitted']);
  });

  it('A bonus action without a win is one write alone, and calls the wallet for its balance only', async () => {
    table.step = (state) => coinStep(state, 0n);
    const { writes } = watchWrites();
    expect(await bonus()).toMatchObject({ win: '0.00', balance: '99.00' });
    expect(writes).toEqual([['append', 'COMMITTED']]);
    expect(table.calledAt.map((call) => call.split(' ')[0])).toEqual(['balance']);
  });

  it('Seed, state, engine and wallet of a bonus action are stored before its win is credited', async () => {
    const ports = table.ports();
    const seed = new Uint8Array(32).fill(5);
    const spun = await head();
    const wallet = ports.wallets.of(table.operator, mainWallet);
    const storedAtCredit: Round[] = [];
    const credit: typeof wallet.credit = async (transaction) => {
      storedAtCredit.push(await head());
      return wallet.credit(transaction);
    };
    const wallets = { of: () => ({ ...wallet, credit }) };
    await bonus({}, { ...ports, wallets, seeds: { seed: async () => seed } });
    const [stored] = storedAtCredit;
    if (!stored || !hasOutcome(spun)) throw new Error('There was no credit, or no bonus');
    const state = await unsealStateAfter(ports.cipher, spun);
    expect(await unsealOpening(ports.cipher, stored)).toEqual({ seed, state });
    expect(stored).toMatchObject({
      status: 'COMMITTED',
      engineHash: spun.engineHash,
      walletId: 'main',
      outcome: { winMinor: 150n },
    });
  });

  it('The credit of a bonus action is named by log and number, and repeats name it again', async () => {
    table.replies.credit.push(unknown);
    await bonus();
    expect((await head()).status).toBe('COMMITTED');
    await table.recoverAll();
    expect((await head()).status).toBe('CREDITED');
    expect(credits().map(({ transaction }) => transaction.transactionId)).toEqual(
      Array.from({ length: 2 }, () => `${logHashOf(log)}:2:credit`),
    );
    expect(table.balanceMinor).toBe(10_050n);
  });

  it('The same key gets the same answer, however many rounds later, and nothing is written or moved', async () => {
    const first = await bonus();
    for (let index = 0; index < 30; index += 1)
      await playRound(table.ports(), settings, table.spin({ idempotencyKey: `further-${index}` }));
    const { writes } = watchWrites();
    const calls = table.calledAt.length;
    expect(await bonus()).toEqual(first);
    expect([writes, table.calledAt.length]).toEqual([[], calls]);
  });

  it('The same key is refused for another kind of round', async () => {
    await bonus();
    expect(await codeOf(bonus({ kind: 'spin', betAmount: '1.00' }))).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('A bonus action whose engine fails', () => {
  const fail = () => {
    throw new EngineError('ENGINE_TRAP', 'unreachable');
  };

  it('A bonus action whose engine fails is FAILED in one write, and moves no money', async () => {
    table.step = fail;
    const { writes } = watchWrites();
    expect(await codeOf(bonus())).toBe('ROUND_FAILED');
    expect(writes).toEqual([['append', 'FAILED']]);
    expect(await head()).toMatchObject({ number: 2, epoch: 1, status: 'FAILED', failure: 'ENGINE_TRAP' });
    expect([table.calls, table.counted, table.recovery.size]).toEqual([[], ['RoundFailed'], 0]);
  });

  it('A bonus action whose engine failed fails again for its key, and another key plays on from the same state', async () => {
    const { step } = table;
    table.step = fail;
    await codeOf(bonus());
    table.step = step;
    expect(await codeOf(bonus())).toBe('ROUND_FAILED');
    expect(await bonus({ idempotencyKey: 'again' })).toMatchObject({ win: '1.50', outcome: { steps: 3 } });
    expect((await head()).number).toBe(3);
  });
});

describe('A process that dies in a bonus action', () => {
  const died = () => Promise.reject(new Error('the process died'));

  it.each<[string, () => PlayPorts]>([
    [
      'while the engine runs',
      () => {
        const ports = table.ports();
        const load = async (hash: string) => ({ ...(await ports.engines.load(hash)), step: died });
        return { ...ports, engines: { load } };
      },
    ],
    ['before its write', () => withAppend(died)],
  ])('A process that dies %s leaves nothing, and its key plays the action at once', async (_, dying) => {
    const before = await head();
    await expect(bonus({}, dying())).rejects.toThrow('the process died');
    expect(await head()).toEqual(before);
    expect([table.calls, table.counted, table.recovery.size]).toEqual([[], [], 0]);
    expect(await bonus()).toMatchObject({ win: '1.50' });
    expect((await head()).number).toBe(2);
    expect(credits()).toHaveLength(1);
  });

  it('A process that dies after its write leaves the result, which its key is told without another step', async () => {
    const ports = table.ports();
    const dying = withAppend(async (round) => {
      await ports.ledger.append(round);
      return died();
    });
    await expect(bonus({}, dying)).rejects.toThrow('the process died');
    expect((await head()).status).toBe('COMMITTED');
    table.step = () => died();
    expect(await bonus()).toMatchObject({ win: '1.50' });
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED', epoch: 1 });
    expect(credits()).toHaveLength(1);
  });

  it('A win whose process died after its write is credited by recovery', async () => {
    const ports = table.ports();
    const dying = withAppend(async (round) => {
      await ports.ledger.append(round);
      return died();
    });
    await expect(bonus({}, dying)).rejects.toThrow('the process died');
    await recoverRound(table.ports(), settings, { log, number: 2, purpose: 'finish', attempt: 0 });
    expect((await head()).status).toBe('CREDITED');
    expect(table.balanceMinor).toBe(10_050n);
  });

  it('A write whose answer was lost is recognised when it is sent again', async () => {
    const { append } = table.ledger;
    vi.spyOn(table.ledger, 'append').mockImplementation(async (round) => {
      await append.call(table.ledger, round);
      return append.call(table.ledger, round);
    });
    expect(await bonus()).toMatchObject({ win: '1.50' });
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED' });
    expect(table.counted).toEqual(['RoundCommitted']);
    expect(credits()).toHaveLength(1);
  });
});

describe('Two requests for a bonus action at once', () => {
  it('Two requests of one key get the same answer, and every credit of it is the same transaction', async () => {
    const payouts = [1_500_000n, 3_000_000n];
    table.step = (state) => coinStep(state, payouts.shift() ?? 0n);
    const ports = meeting(2);
    const [first, second] = await Promise.all([bonus({}, ports), bonus({}, ports)]);
    expect(payouts).toEqual([]);
    expect(second).toEqual(first);
    expect((await head()).number).toBe(2);
    expect(table.counted).toEqual(['RoundCommitted']);
    const [credit, ...repeated] = credits();
    expect(credit).toMatchObject({ transaction: { transactionId: `${logHashOf(log)}:2:credit` } });
    for (const again of repeated) expect(again).toEqual(credit);
  });

  it.each([
    ['without a number meets ROUND_IN_FLIGHT', undefined, 'ROUND_IN_FLIGHT'],
    ['for that number is stale', 2, 'ROUND_NUMBER_STALE'],
  ] as const)('One of two keys is played, and the other one %s', async (_, roundNumber, code) => {
    const ports = meeting(2);
    const asked = ['a', 'b'].map((idempotencyKey) => bonus({ idempotencyKey, roundNumber }, ports));
    const results = await Promise.allSettled(asked);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const loser = results.findIndex(({ status }) => status === 'rejected');
    expect(await codeOf(asked[loser] as Promise<unknown>)).toBe(code);
    expect((await head()).number).toBe(2);
    expect(credits()).toHaveLength(1);
  });
});
