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
