import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GamesResponse } from '../../functions/_api/responses.ts';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { engineSource } from '../../infra/commands/engine-source.ts';
import { activateEngine, publishEngine } from '../../infra/commands/publish-engine.ts';
import { call, codeOf, Player } from './client.ts';
import { target } from './target.ts';

const before = { ...process.env };
let hash: string;

beforeAll(async () => {
  Object.assign(process.env, target().environment);
  const deployment = deploymentOf('local', target().outputs);
  const published = await publishEngine(deployment, await engineSource('engines/crash', {}));
  await activateEngine(deployment, published);
  ({ hash } = published);
});
afterAll(() => {
  process.env = before;
});

describe('a realtime game that was published and activated', () => {
  it('is listed as what it is', async () => {
    await expect
      .poll(
        async () => {
          const { games } = GamesResponse.parse((await call(target(), 'GET', '/api/v1/games')).json);
          return games.map(({ game_code, contract }) => [game_code, contract]);
        },
        { timeout: 40_000, interval: 1_000 },
      )
      .toEqual(
        expect.arrayContaining([
          ['crash', 'realtime'],
          ['happy-panda', 'wire'],
        ]),
      );
    const { games } = GamesResponse.parse((await call(target(), 'GET', '/api/v1/games')).json);
    expect(games.find(({ game_code }) => game_code === 'crash')).toHaveProperty('engine_hash', hash);
  });

  it('opens no session, and takes no spin of a session of another game; no money moves', async () => {
    const player = await Player.open(target());
    const launched = await call(target(), 'POST', '/api/v1/games/crash/session', {
      body: { player_id: player.playerId, currency: 'EUR', operator_id: target().operatorId ?? 'demo' },
      headers: { 'x-operator-key': target().operatorKey },
    });
    expect([launched.status, codeOf(launched)]).toEqual([409, 'GAME_IS_REALTIME']);
    const spun = await call(target(), 'POST', '/api/v1/games/crash/spin', {
      body: { session_id: player.sessionId, bet_amount: '1.00' },
    });
    expect(codeOf(spun)).toBe('SESSION_GAME_MISMATCH');
    expect(await player.walletBalanceMinor()).toBe(100_000n);
    expect(await player.rounds()).toEqual([]);
  });
});
