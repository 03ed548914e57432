import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBuiltEngine } from '../../engines/built-engine.ts';
import { RoundResponse } from '../../functions/_api/responses.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { Random } from '../../shared/engines/grpc/proto/random/v1/random_pb.ts';
import { randomService } from '../../shared/engines/grpc/random-service.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { codeOf, Player } from './client.ts';
import { LocalStackProcess } from './local-stack.ts';

/** The seeds that the service has given, oldest first. */
const given: Uint8Array[] = [];

function serveSeeds(port: number): Promise<GrpcServer> {
  const bytes = (length: number) => {
    const seed = systemRandom.bytes(length);
    given.push(seed);
    return seed;
  };
  return startGrpcServer({
    host: '127.0.0.1',
    port,
    routes: (router) => router.service(Random, randomService({ bytes })),
  });
}

let server: GrpcServer;
let stack: LocalStackProcess;
let player: Player;
let engine: LoadedEngine;
beforeAll(async () => {
  server = await serveSeeds(0);
  const environment = { RANDOM_URL: `http://127.0.0.1:${server.port}` };
  stack = await LocalStackProcess.start(undefined, undefined, environment);
  [player, engine] = await Promise.all([Player.open(stack.target), loadBuiltEngine('happy-panda')]);
});
afterAll(async () => {
  await stack.remove();
  await server.stop(0);
});

describe('with a service of seeds', () => {
  it('each round is played from a seed of its own that the service gave', async () => {
    let { state } = engine.reset();
    for (let number = 0; number < 20; number += 1) {
      const [before, action] = [given.length, player.bonusActive ? 1 : 0];
      const reply = await player.playNext();
      expect(reply.status, reply.text).toBe(200);
      const round = RoundResponse.parse(reply.json);
      // The first seed of a process is only compared with the next one.
      const seed = given.slice(before).at(-1);
      const made = engine.step({ state, action, seed: seed ?? new Uint8Array(), stepIndex: 0 });
      expect(round.outcome).toEqual(JSON.parse(made.view).outcome);
      expect(round.public_state).toEqual(JSON.parse(made.view).public_state);
      ({ state } = made);
    }
  });

  it('a spin is refused while the service is down, and no money moves', async () => {
    while (player.bonusActive) await player.playNext();
    const [balance, before] = [await player.walletBalanceMinor(), await player.rounds()];
    await server.stop(0);
    const refused = await player.spin();
    expect([refused.status, codeOf(refused)]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(await player.walletBalanceMinor()).toBe(balance);
    expect(await player.rounds()).toEqual(before);

    server = await serveSeeds(server.port);
    const reply = await player.spin();
    expect(reply.status, reply.text).toBe(200);
    expect(await player.rounds()).toHaveLength(before.length + 1);
  });
});
