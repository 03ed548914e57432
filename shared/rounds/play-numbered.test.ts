import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ConflictError, RgsError } from '../foundation/errors.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { type PlayPorts, type PlayRequest, playRound } from './play-round.ts';
import type { Round } from './round.ts';
import type { WalletTransaction } from '../wallets/wallet.ts';
import { codeOf, coinStep, dyingAtDebit, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}, ports: PlayPorts = table.ports()) =>
  playRound(ports, settings, table.spin(overrides));
const head = async () => (await table.ledger.head(log)) as Round;
const debits = () => table.calls.filter(({ call }) => call === 'debit').length;

async function playFurther(rounds: number): Promise<void> {
  for (let index = 0; index < rounds; index += 1) await play({ idempotencyKey: `further-${index}` });
}

/** Reads the refusal of a request, which names the next number of its log. */
async function refusalOf(refused: Promise<unknown>): Promise<[string, number | undefined]> {
  const error = await refused.catch((reason: unknown) => reason);
  if (!(error instanceof RgsError)) throw new Error('The request was not refused');
  return [error.code, error.nextRoundNumber];
}

const dyingPorts = () => dyingAtDebit(table.ports());

/** Ports of a process that dies when the wallet has taken the stake. */
function dyingAfterDebit(): PlayPorts {
  const ports = table.ports();
  return {
    ...ports,
    wallets: {
      of: (...args) => {
        const wallet = ports.wallets.of(...args);
        const debit = async (stake: WalletTransaction): Promise<never> => {
          await wallet.debit(stake);
          throw new Error('the process died');
        };
        return { ...wallet, debit };
      },
    },
  };
}

describe('A request for a round number', () => {
  it('A request for the next number is played as that round, and is told the number after it', async () => {
    expect(await play({ roundNumber: 1 })).toMatchObject({ nextRoundNumber: 2 });
    expect(await play({ roundNumber: 2, idempotencyKey: 'b' })).toMatchObject({ nextRoundNumber: 3 });
    expect(await head()).toMatchObject({ number: 2 });
  });

  it.each([0, 1, 40, 63, 64, 150])('A request is answered again after %i further rounds', async (rounds) => {
    const first = await play({ roundNumber: 1 });
    await playFurther(rounds);
    expect(await play({ roundNumber: 1 })).toEqual(first);
    expect(debits()).toBe(1 + rounds);
  });

  it('A duplicate finds its round by one read of the key', async () => {
    const first = await play({ roundNumber: 1 });
    await playFurther(70);
    const get = vi.spyOn(table.ledger, 'get');
    const head = vi.spyOn(table.ledger, 'head');
    expect(await play({ roundNumber: 1 })).toEqual(first);
    expect(get.mock.calls).toEqual([[{ log, number: 1 }]]);
    expect(head).toHaveBeenCalledTimes(1);
  });

  it('A refused round is told again to its own request, with the number after it', async () => {
    table.replies.debit.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await refusalOf(play({ roundNumber: 1 }))).toEqual(['INSUFFICIENT_FUNDS', 2]);
    await playFurther(2);
    expect(await refusalOf(play({ roundNumber: 1 }))).toEqual(['INSUFFICIENT_FUNDS', 2]);
    expect(debits()).toBe(3);
  });

  it.each<[string, Partial<PlayRequest>]>([
    ['another key', { idempotencyKey: 'other' }],
    ['another bet', { betAmount: '2.00' }],
    ['another kind', { kind: 'bonus', betAmount: undefined }],
  ])('A request with %s is stale at a number that was played', async (_, other) => {
    await play({ roundNumber: 1 });
    expect(await refusalOf(play({ ...other, roundNumber: 1 }))).toEqual(['ROUND_NUMBER_STALE', 2]);
    await playFurther(70);
    expect(await refusalOf(play({ ...other, roundNumber: 1 }))).toEqual(['ROUND_NUMBER_STALE', 72]);
    expect(debits()).toBe(71);
  });

  it('A request is stale where its round has left the ledger, and nothing is charged', async () => {
    await play({ roundNumber: 1 });
    await playFurther(70);
    vi.spyOn(table.ledger, 'get').mockResolvedValue(undefined);
    expect(await refusalOf(play({ roundNumber: 1 }))).toEqual(['ROUND_NUMBER_STALE', 72]);
    expect(debits()).toBe(71);
  });

  it('A stale request is not worth another try', () => {
    expect(new ConflictError('ROUND_NUMBER_STALE', '').retryable).toBe(false);
    expect(new ConflictError('ROUND_NUMBER_AHEAD', '').retryable).toBe(false);
  });

  it.each([
    [2, 0],
    [999_999_999, 0],
    [5, 3],
  ])('A request for the number %i is ahead of a log of %i rounds', async (roundNumber, rounds) => {
    await playFurther(rounds);
    expect(await refusalOf(play({ roundNumber }))).toEqual(['ROUND_NUMBER_AHEAD', rounds + 1]);
    expect(debits()).toBe(rounds);
  });

  it('A key that made a round makes no other one, whatever number comes with it', async () => {
    await play({ roundNumber: 1 });
    await playFurther(3);
    expect(await codeOf(play({ roundNumber: 5 }))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(debits()).toBe(4);
  });

  it('A key that was used before tells no number, because the number that was sent is the next one', async () => {
    await play({ roundNumber: 1 });
    for (const betAmount of ['1.00', '2.00'])
      expect(await refusalOf(play({ roundNumber: 2, betAmount }))).toEqual([
        'IDEMPOTENCY_KEY_REUSED',
        undefined,
      ]);
    expect(await refusalOf(play({ roundNumber: 1, betAmount: '2.00' }))).toEqual(['ROUND_NUMBER_STALE', 2]);
    expect(await refusalOf(play({ roundNumber: 3 }))).toEqual(['ROUND_NUMBER_AHEAD', 2]);
    expect(await play({ roundNumber: 2, idempotencyKey: 'new' })).toMatchObject({ nextRoundNumber: 3 });
  });

  it('A request without the number finds the round that was played with it', async () => {
    const first = await play({ roundNumber: 1 });
    await playFurther(3);
    expect(await play()).toEqual(first);
  });

  it('A request for the next number waits while the round before it is in flight', async () => {
    await expect(play({ roundNumber: 1 }, dyingPorts())).rejects.toThrow('the process died');
    expect(await codeOf(play({ roundNumber: 2, idempotencyKey: 'b' }))).toBe('ROUND_IN_FLIGHT');
    expect(debits()).toBe(0);
  });
});

describe('Two requests for one number', () => {
  it('One of two different requests is played, and the other one is stale', async () => {
    const both = ['a', 'b'].map((idempotencyKey) => play({ roundNumber: 1, idempotencyKey }));
    const [first, second] = await Promise.allSettled(both);
    expect(new Set([first?.status, second?.status])).toEqual(new Set(['fulfilled', 'rejected']));
    const loser = both[first?.status === 'rejected' ? 0 : 1] as Promise<unknown>;
    expect(await refusalOf(loser)).toEqual(['ROUND_NUMBER_STALE', 2]);
    expect(debits()).toBe(1);
  });

  it('One of two equal requests is played, and the other one waits for its answer', async () => {
    const both = [play({ roundNumber: 1 }), play({ roundNumber: 1 })];
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const loser = both[settled.findIndex(({ status }) => status === 'rejected')] as Promise<unknown>;
    expect(await codeOf(loser)).toBe('ROUND_IN_FLIGHT');
    expect(await play({ roundNumber: 1 })).toEqual(await both[1 - both.indexOf(loser as never)]);
    expect(debits()).toBe(1);
  });
});

describe('An intent with a number', () => {
  it('An intent is taken over by the same request for its number', async () => {
    await expect(play({ roundNumber: 1 }, dyingPorts())).rejects.toThrow('the process died');
    expect(await codeOf(play({ roundNumber: 1 }))).toBe('ROUND_IN_FLIGHT');
    table.nowMs += settings.leaseMs;
    expect(await play({ roundNumber: 1 })).toMatchObject({ nextRoundNumber: 2 });
    expect(await head()).toMatchObject({ number: 1, status: 'CREDITED', epoch: 2 });
    expect(debits()).toBe(1);
  });

  it('An intent is not taken over by another request for its number', async () => {
    await expect(play({ roundNumber: 1 }, dyingPorts())).rejects.toThrow('the process died');
    table.nowMs += settings.leaseMs;
    const other = play({ roundNumber: 1, idempotencyKey: 'b' });
    expect(await refusalOf(other)).toEqual(['ROUND_NUMBER_STALE', 2]);
    expect(await head()).toMatchObject({ status: 'INTENT', epoch: 1 });
  });
});

describe('A refusal that names the state of a log', () => {
  it('A refused phase tells the next number', async () => {
    const bonus = { kind: 'bonus', betAmount: undefined } as const;
    expect(await refusalOf(play({ ...bonus, roundNumber: 1 }))).toEqual(['NO_ACTIVE_BONUS', 1]);
    table.step = (state) => coinStep(state, 0n, true);
    await play({ roundNumber: 1 });
    expect(await refusalOf(play({ roundNumber: 2, idempotencyKey: 'b' }))).toEqual(['BONUS_ACTIVE', 2]);
  });
});

describe('Any sequence of requests', () => {
  interface Asked {
    readonly idempotencyKey: string;
    readonly betAmount: string;
    /** The number lies this far from the next one, or is not sent. */
    readonly offset: number | undefined;
    readonly event: 'played' | 'dies' | 'dies charged' | 'expired' | 'later';
  }
  const asked: fc.Arbitrary<Asked> = fc.record({
    idempotencyKey: fc.constantFrom('a', 'b', 'c'),
    betAmount: fc.constantFrom('1.00', '2.00'),
    offset: fc.constantFrom(undefined, 0, 0, 0, -1, -1, -2, -70, 1),
    event: fc.constantFrom('played', 'played', 'played', 'dies', 'dies charged', 'expired', 'later'),
  });

  function portsFor(event: Asked['event']): PlayPorts {
    if (event === 'dies') return dyingPorts();
    return event === 'dies charged' ? dyingAfterDebit() : table.ports();
  }

  function expected(error: unknown): void {
    if (!(error instanceof RgsError) && (error as Error).message !== 'the process died') throw error;
  }

  /** @returns the transactions of debits by the request that asked for them */
  async function run(sequence: readonly Asked[]): Promise<Map<string, Set<string>>> {
    const charged = new Map<string, Set<string>>();
    let made = 0;
    for (const { idempotencyKey, betAmount, offset, event } of sequence) {
      const newest = await table.ledger.head(log);
      const next = (newest?.number ?? 0) + 1;
      const roundNumber = offset === undefined ? undefined : Math.max(1, next + offset);
      if (event === 'later') table.nowMs += settings.leaseMs;
      const gone =
        event === 'expired' ? vi.spyOn(table.ledger, 'get').mockResolvedValue(undefined) : undefined;
      const ports = portsFor(event);
      const before = table.calls.length;
      await play({ idempotencyKey, betAmount, roundNumber }, ports).catch(expected);
      gone?.mockRestore();
      for (const { call, transaction } of table.calls.slice(before)) {
        if (call !== 'debit' || roundNumber === undefined) continue;
        const name = [idempotencyKey, betAmount, roundNumber].join(' ');
        charged.set(name, (charged.get(name) ?? new Set()).add(transaction.transactionId));
        expect((await table.ledger.find(ids.round(transaction.roundId)))?.number).toBe(roundNumber);
      }
      // Rounds of other requests push the keys out of what the log remembers.
      if (event === 'later') for (const end = made + 40; made < end; made += 1) await further(made);
    }
    return charged;
  }

  async function further(index: number): Promise<void> {
    await play({ idempotencyKey: `further-${index}` }).catch(expected);
  }

  it('No sequence charges a key, a body and a number twice, or as a round of another number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 20 }), async (sequence) => {
        table = new RoundsFixture();
        // No request is refused for its bet.
        table.game = { ...table.game, stateRule: 'fresh' };
        table.balanceMinor = 10_000_000n;
        await table.open({ expiresAtMs: Number.MAX_SAFE_INTEGER });
        for (const [name, transactions] of await run(sequence)) expect(transactions.size, name).toBe(1);
      }),
      { numRuns: 150 },
    );
  });
});
