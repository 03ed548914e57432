import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOffer } from './offer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-offer-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function offerWith(bonusEnd: unknown) {
  const file = path.join(folder, 'game.json');
  const offer = { title: 'Coin', state: 'fresh', bets: { EUR: ['1.00'] }, bonus_end: bonusEnd };
  await writeFile(file, JSON.stringify(offer));
  return readOffer(file);
}

it.each([
  ['forfeit', 0n],
  [{ pay: '1' }, 1_000_000n],
  [{ pay: '30.5' }, 30_500_000n],
  [{ pay: '0.000001' }, 1n],
  [{ pay: '999999.999999' }, 999_999_999_999n],
  [undefined, undefined],
])(
  'An offer whose bonus_end is %j pays a bonus that is ended %s millionths of the bet',
  async (told, read) => {
    expect(await offerWith(told)).toHaveProperty('bonusEndMillionths', read);
  },
);

it.each([
  'nothing',
  1,
  { pay: 1 },
  { pay: '0' },
  { pay: '0.0' },
  { pay: '-1' },
  { pay: '01' },
  { pay: '1.' },
])('An offer whose bonus_end is %j is refused', async (told) => {
  await expect(offerWith(told)).rejects.toThrow('is no offer');
});
it.each([{ pay: '1.0000001' }, { pay: '1000000' }, { pay: '1', or: 2 }, {}])(
  'An offer whose bonus_end is %j is refused',
  async (told) => {
    await expect(offerWith(told)).rejects.toThrow('is no offer');
  },
);
