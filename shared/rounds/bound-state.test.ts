import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError } from '../foundation/errors.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';
import { playRound, type PlayRequest } from './play-round.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';
import { stateLeftBy } from './opening-state.ts';

const FIRST = [1];
const bets = (...amounts: bigint[]) => [
  { currency: 'EUR', allowedMinor: amounts.map(minorAmount) },
  { currency: 'USD', allowedMinor: [100n].map(minorAmount) },
];

let table: RoundsFixture;
let keys: number;
/** The engine was stepped from these states, in this order. */
let openedWith: number[][];

beforeEach(async () => {
  table = new RoundsFixture();
  table.game = { ...table.game, stateRule: 'bound', bets: bets(100n, 200n) };
  keys = 0;
  openedWith = [];
  table.step = (state) => {
    openedWith.push([...state]);
    return coinStep(state, 0n);
  };
  await table.open();
});

const play = (betAmount: string, overrides: Partial<PlayRequest> = {}) =>
  playRound(
    table.ports(),
    settings,
    table.spin({ betAmount, idempotencyKey: `key-${(keys += 1)}`, ...overrides }),
  );

/** The state after a round is the first one again: what was collected is paid out. */
async function playToFirst(betAmount: string): Promise<void> {
  const step = table.step;
  table.step = () => coinStep(new Uint8Array([0]), 0n);
  await play(betAmount);
  table.step = step;
}

async function lastState(): Promise<number[]> {
  const newest = await table.ledger.head(log);
  if (!newest) throw new Error('there is no round');
  return [...(await stateLeftBy(table.ports().cipher, newest))];
}

describe('State that is bound to its bet', () => {
  it('Bound state goes on from round to round at its bet', async () => {
    await play('1.00');
    await play('1.00');
    expect(openedWith).toEqual([FIRST, [2]]);
  });

  it('Bound state is refused to a spin at another bet, which moves no money and leaves no round', async () => {
    await play('1.00');
    const calls = table.calls.length;
    const refused = await play('2.00').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConflictError);
    expect(refused).toMatchObject({
      code: 'STATE_BOUND_TO_BET',
      retryable: false,
      nextRoundNumber: 2,
      boundTo: { betAmount: '1.00', currency: 'EUR' },
    });
    expect(table.calls).toHaveLength(calls);
    expect(await table.ledger.head(log)).toMatchObject({ number: 1 });
    await play('1.00');
    expect(openedWith).toEqual([FIRST, [2]]);
  });

  it('Bound state is refused to a session in another currency, though the number of the bet is the same', async () => {
    await play('1.00');
    const inDollars = ids.session('11111111-2222-4333-8444-555555555555');
    await table.open({ sessionId: inDollars, currency: 'USD' });
    expect(await codeOf(play('1.00', { sessionId: inDollars }))).toBe('STATE_BOUND_TO_BET');
  });

  it('Bound state that is the first state again lets the player choose another bet', async () => {
    await play('1.00');
    await playToFirst('1.00');
    await play('2.00');
    expect(openedWith).toEqual([FIRST, FIRST]);
    expect(await codeOf(play('1.00'))).toBe('STATE_BOUND_TO_BET');
  });

  it('Bound state belongs to its bet also where a round at that bet was refused meanwhile', async () => {
    await play('1.00');
    table.replies.debit.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play('1.00'))).toBe('INSUFFICIENT_FUNDS');
    expect(await lastState()).toEqual([2]);
    expect(await codeOf(play('2.00'))).toBe('STATE_BOUND_TO_BET');
    await play('1.00');
    expect(openedWith.at(-1)).toEqual([2]);
  });

  it('Bound state that a bonus leaves belongs to the bet of the round that won the bonus', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await play('2.00');
    table.step = (state) => coinStep(state, 0n);
    await play('2.00', { kind: 'bonus', betAmount: undefined });
    expect(await codeOf(play('1.00'))).toBe('STATE_BOUND_TO_BET');
  });

  it('Bound state is given up where its bet is not offered any more, and never played at another bet', async () => {
    await play('1.00');
    table.game = { ...table.game, bets: bets(200n) };
    await play('2.00');
    expect(openedWith).toEqual([FIRST, FIRST]);
  });

  it('Bound state is given up where another engine is active', async () => {
    await play('1.00');
    table.game = { ...table.game, engineHash: 'd1'.repeat(32) };
    await play('2.00');
    expect(openedWith).toEqual([FIRST, FIRST]);
  });
});

describe('A game whose state is fresh', () => {
  it('A fresh game starts every paid round from the first state, at any bet, whatever the engine left', async () => {
    table.game = { ...table.game, stateRule: 'fresh' };
    await play('1.00');
    expect(await lastState()).toEqual([2]);
    await play('1.00');
    await play('2.00');
    expect(openedWith).toEqual([FIRST, FIRST, FIRST]);
  });

  it('A fresh game plays a bonus from the state that the paid round led to', async () => {
    table.game = { ...table.game, stateRule: 'fresh' };
    table.step = (state) => coinStep(state, 0n, true);
    await play('1.00');
    table.step = (state) => {
      openedWith.push([...state]);
      return coinStep(state, 0n);
    };
    await play('1.00', { kind: 'bonus', betAmount: undefined });
    expect(openedWith).toEqual([[2]]);
  });
});
