import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LaunchResponse, RoundResponse } from '../../functions/_api/responses.ts';
import { target } from './target.ts';

const health = `curl http://localhost:8080/api/v1/health`;

const launch = `curl -X POST http://localhost:8080/api/v1/games/happy-panda/session \\
  -H "Content-Type: application/json" \\
  -d '{"player_id": "player123", "currency": "EUR", "operator_id": "demo", "token": "..."}'`;

const spin = `curl -X POST http://localhost:8080/api/v1/games/happy-panda/spin \\
  -H "Content-Type: application/json" \\
  -d '{"session_id": "...", "bet_amount": "1.00"}'`;

const bonus = `curl -X POST http://localhost:8080/api/v1/games/happy-panda/bonus \\
  -H "Content-Type: application/json" \\
  -d '{"session_id": "..."}'`;

/** Runs a command. Only the address and the placeholders of token and session are replaced. */
async function run(command: string, value = ''): Promise<unknown> {
  const line = command
    .replace('http://localhost:8080', target().apiUrl.replace(/\/$/, ''))
    .replace('"..."', `"${value}"`);
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  return JSON.parse(stdout);
}

describe('the commands that operators know', () => {
  it('check the health, and every dependency is up', async () => {
    const reply = (await run(health)) as { status: string; dependencies: Record<string, { status: string }> };
    expect(reply.status, JSON.stringify(reply)).toBe('up');
    expect(Object.keys(reply.dependencies).sort()).toEqual([
      'config',
      'data_key',
      'engines',
      'ledger',
      'recovery_queue',
      'sessions',
    ]);
  });

  it('launch a session with the token that the wallet confirms, and spin in it', async () => {
    const session = LaunchResponse.parse(await run(launch, 'demo'));
    let round = (await run(spin, session.session_id)) as { code?: string };
    // Everybody plays as player123, so an earlier run may have left a bonus to be played first.
    while (round.code === 'BONUS_ACTIVE') {
      await run(bonus, session.session_id);
      round = (await run(spin, session.session_id)) as { code?: string };
    }
    expect(RoundResponse.parse(round).success).toBe(true);
  });

  it('are refused with a token that the wallet does not know', async () => {
    expect(await run(launch, 'wrong')).toMatchObject({ code: 'INVALID_PLAYER_TOKEN', status: 401 });
  });
});
