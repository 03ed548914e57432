import { beforeEach, describe, expect, it } from 'vitest';
import { type PlayRequest, playRound } from './play-round.ts';
import { RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));
const debits = () => table.calls.filter(({ call }) => call === 'debit').length;

async function playFurther(rounds: number): Promise<void> {
  for (let index = 0; index < rounds; index += 1) await play({ idempotencyKey: `further-${index}` });
}

describe('A repeated request without a round number', () => {
  it.each([0, 40, 63])('A request is answered again after %i further rounds', async (rounds) => {
    const first = await play();
    await playFurther(rounds);
    expect(await play()).toEqual(first);
    expect(debits()).toBe(1 + rounds);
  });
});

describe('A repeated request of a round whose win is owed', () => {
  const credits = () => table.calls.filter(({ call }) => call === 'credit').length;

  it('A repeated request sends the win once more within five minutes, and leaves it to recovery after that', async () => {
    table.replies.credit.push({ kind: 'unknown', reason: 'TIMEOUT' }, { kind: 'unknown', reason: 'TIMEOUT' });
    const first = await play();
    table.nowMs += 5 * 60_000 - 1;
    await play();
    expect(credits()).toBe(2);
    table.nowMs += 1;
    expect(await play()).toEqual(first);
    expect(credits()).toBe(2);
  });
});
