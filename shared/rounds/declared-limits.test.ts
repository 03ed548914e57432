import { beforeEach, describe, expect, it } from 'vitest';
import { playRound } from './play-round.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;
let actions: number;

beforeEach(async () => {
  table = new RoundsFixture();
  actions = 0;
  await table.open();
});

function spin() {
  return playRound(table.ports(), settings, table.spin({ idempotencyKey: `spin ${(actions += 1)}` }));
}

function bonus() {
  const request = { kind: 'bonus', betAmount: undefined, idempotencyKey: `bonus ${(actions += 1)}` } as const;
  return playRound(table.ports(), settings, table.spin(request));
}

const newest = () => table.ledger.head(log);
const credits = () => table.calls.filter(({ call }) => call === 'credit').length;

describe('A game with its bonus', () => {
  it('A game wins no more than its mode declares in any number of steps; the step that would is not credited', async () => {
    table.step = (state) => coinStep(state, 20_000_000n, true);
    await spin();
    await bonus();
    expect(await newest()).toMatchObject({ gameSoFar: { steps: 1, payoutMillionths: 20_000_000n } });
    const credited = credits();
    expect(await codeOf(bonus())).toBe('ROUND_FAILED');
    expect(await newest()).toMatchObject({ status: 'FAILED', failure: 'BAD_OUTPUT' });
    expect(credits()).toBe(credited);
    table.step = (state) => coinStep(state, 10_000_000n);
    expect(await bonus()).toMatchObject({ win: '10.00' });
  });

  it('A game is over after as many steps as its engine declares', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await spin();
    for (let step = 2; step < 10; step += 1) await bonus();
    expect(await codeOf(bonus())).toBe('ROUND_FAILED');
    table.step = (state) => coinStep(state, 0n);
    await bonus();
    expect(await codeOf(bonus())).toBe('NO_ACTIVE_BONUS');
  });

  it('The limits are measured anew where the next game begins', async () => {
    for (let game = 0; game < 3; game += 1) {
      table.step = (state) => coinStep(state, 25_000_000n, true);
      await spin();
      table.step = (state) => coinStep(state, 25_000_000n);
      expect(await bonus()).toMatchObject({ win: '25.00' });
    }
  });

  it('A spin that wins more than its mode declares is not credited, although another mode allows it', async () => {
    table.step = (state) => coinStep(state, 50_000_001n);
    expect(await codeOf(spin())).toBe('ROUND_FAILED');
    expect(table.calls).toEqual([]);
  });
});
