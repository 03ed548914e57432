import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LaunchResponse,
  RoundRecord,
  RoundResponse,
  RoundsResponse,
} from '../../functions/_api/responses.ts';
import { call, codeOf, minor, netMinor, Player, type Reply } from './client.ts';
import { LocalStackProcess } from './local-stack.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A port that the system gives to nobody who asks for any port. While the server is gone, nobody else gets it. */
const PORT = randomInt(20_000, 32_000);

/** The command that serves an engine, in a process of its own. */
async function serveEngine(): Promise<ChildProcess> {
  const args = ['infra/commands/serve-engine.command.ts', 'happy-panda', '--port', String(PORT)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes(`Serving on http://127.0.0.1:${PORT}`)) return child;
  }
  throw new Error(`the engine is not served: ${said}`);
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

let stack: LocalStackProcess;
let server: ChildProcess;
let player: Player;
let sessionId: string;
let engineHash: string;
let bonusActive = false;

beforeAll(async () => {
  [stack, server] = await Promise.all([LocalStackProcess.start(), serveEngine()]);
  const url = `http://127.0.0.1:${PORT}`;
  const command = ['infra/commands/connect-engine.command.ts', 'treasure-hunt', '--url', url];
  const options = ['--engine', 'happy-panda', '--offer', 'engines/happy-panda/game.json', '--activate'];
  const env = { ...process.env, RGS_DATA: stack.dataDirectory };
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...options], {
    cwd: root,
    env,
  });
  engineHash = /Connected treasure-hunt ([0-9a-f]{64}) /.exec(stdout)?.[1] ?? '';
  player = await Player.open(stack.target);
});
afterAll(async () => {
  await kill(server);
  await stack.remove();
});

const game = '/api/v1/games/treasure-hunt';

async function play(): Promise<Reply> {
  const [route, body] = bonusActive
    ? ['bonus', { session_id: sessionId }]
    : ['spin', { session_id: sessionId, bet_amount: '1.00' }];
  const reply = await call(stack.target, 'POST', `${game}/${route}`, { body });
  if (reply.status === 200) bonusActive = RoundResponse.parse(reply.json).bonus_active;
  return reply;
}

describe('a game that is configured as grpc with its address', () => {
  it('is launched and played like any other, and its rounds name the engine on the server', async () => {
    const launched = await call(stack.target, 'POST', `${game}/session`, {
      body: { player_id: player.playerId, currency: 'EUR', operator_id: 'demo' },
      headers: { 'x-operator-key': stack.target.operatorKey },
    });
    sessionId = LaunchResponse.parse(launched.json).session_id;
    for (let number = 0; number < 40; number += 1) {
      const reply = await play();
      expect(reply.status, reply.text).toBe(200);
    }
    const listed = await call(stack.target, 'GET', `/api/v1/sessions/${sessionId}/rounds?limit=100`);
    const { rounds } = RoundsResponse.parse(listed.json);
    expect(rounds).toHaveLength(40);
    expect(new Set(rounds.map(({ engine_hash }) => engine_hash))).toEqual(new Set([engineHash]));
    const net = rounds.reduce((sum, round) => sum + netMinor(round), 0n);
    expect(await player.walletBalanceMinor()).toBe(100_000n + net);
  });

  it('takes no stake while its server is gone, and is played on when it is back', async () => {
    while (bonusActive) await play();
    const before = await player.walletBalanceMinor();
    await kill(server);
    const refused = await play();
    expect(['ROUND_FAILED', 'ENGINE_UNAVAILABLE']).toContain(codeOf(refused));
    expect(await player.walletBalanceMinor()).toBe(before);
    const health = await call(stack.target, 'GET', '/api/v1/health');
    expect(health.json).toMatchObject({ status: 'down', dependencies: { engines: { status: 'down' } } });

    server = await serveEngine();
    const reply = await play();
    expect(reply.status, reply.text).toBe(200);
    const round = RoundResponse.parse(reply.json);
    const record = await call(stack.target, 'GET', `/api/v1/rounds/${round.round_id}`, {
      headers: { 'x-operator-key': stack.target.operatorKey },
    });
    expect(RoundRecord.parse(record.json).engine_hash).toBe(engineHash);
    expect(await player.walletBalanceMinor()).toBe(before - 100n + minor(round.win_amount));
  });

  it('stands beside games on modules', async () => {
    const reply = await player.spin();
    expect(reply.status, reply.text).toBe(200);
  });
});
