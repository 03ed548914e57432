import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LaunchResponse, RoundResponse } from '../../functions/_api/responses.ts';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { engineSource } from '../../infra/commands/engine-source.ts';
import { activateEngine, publishEngine } from '../../infra/commands/publish-engine.ts';
import { call, codeOf, Player, type Reply } from './client.ts';
import { target } from './target.ts';

const COIN = 'engines/fixtures/coin-c';
const MOST_TOSSES = 60;

/** The coin counts the heads in a row, from round to round, so its state is bound to the bet. */
const offer = { title: 'Coin', state: 'bound', bets: { EUR: ['1.00', '2.00'] } };
const Toss = z.object({ coin: z.enum(['heads', 'tails']) });

const before = { ...process.env };
let folder: string;

beforeAll(async () => {
  Object.assign(process.env, target().environment);
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-coin-'));
  await copyFile(`${COIN}/coin.wasm`, path.join(folder, 'coin-c.wasm'));
  await writeFile(path.join(folder, 'game.json'), JSON.stringify(offer));
  const made = { sources: `${COIN}/coin.c`, compiler: 'clang' };
  const source = await engineSource(path.join(folder, 'coin-c.wasm'), made);
  const deployment = deploymentOf('local', target().outputs);
  await activateEngine(deployment, await publishEngine(deployment, source));
});
afterAll(async () => {
  process.env = before;
  await rm(folder, { recursive: true, force: true });
});

async function launch({ playerId }: Player): Promise<string> {
  const reply = await call(target(), 'POST', '/api/v1/games/coin-c/session', {
    body: { player_id: playerId, currency: 'EUR', operator_id: target().operatorId ?? 'demo' },
    headers: { 'x-operator-key': target().operatorKey },
  });
  return LaunchResponse.parse(reply.json).session_id;
}

function toss(sessionId: string, betAmount: string): Promise<Reply> {
  const body = { session_id: sessionId, bet_amount: betAmount };
  return call(target(), 'POST', '/api/v1/games/coin-c/spin', { body });
}

async function tossUntil(wanted: 'heads' | 'tails', sessionId: string, betAmount: string): Promise<void> {
  for (let tosses = 0; tosses < MOST_TOSSES; tosses += 1) {
    const { outcome } = RoundResponse.parse((await toss(sessionId, betAmount)).json);
    if (Toss.parse(outcome).coin === wanted) return;
  }
  throw new Error(`no ${wanted} in ${MOST_TOSSES} tosses`);
}

describe('A game whose state is bound to the bet', () => {
  it('A player who has collected something at one bet cannot play on with it at another', async () => {
    const player = await Player.open(target());
    const sessionId = await launch(player);
    await tossUntil('heads', sessionId, '1.00');
    const balanceMinor = await player.walletBalanceMinor();
    const refused = await toss(sessionId, '2.00');
    expect(codeOf(refused)).toBe('STATE_BOUND_TO_BET');
    expect(refused.json).toMatchObject({
      status: 409,
      retryable: false,
      bound_to: { bet_amount: '1.00', currency: 'EUR' },
      next_round_number: expect.any(Number),
    });
    expect(await player.walletBalanceMinor()).toBe(balanceMinor);
    await tossUntil('tails', sessionId, '1.00');
    expect((await toss(sessionId, '2.00')).status).toBe(200);
  });
});
