import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ID = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';

async function simulate(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ['infra/commands/simulate.command.ts', ...options];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe('npm run simulate', () => {
  it.each([
    [['no-such-game'], /no engine in engines\/no-such-game/],
    [['tic-tac-toe'], /played for no money/],
    [['happy-panda', '--mode', 'turbo'], /no mode turbo; there are base/],
    [['koi-pond', '--mode', 'gamble', '--exact'], /no exact figures of koi-pond in mode gamble/],
    [['happy-panda', '--rounds', '0'], /--rounds/],
    [['happy-panda', '--rounds', '1e400'], /--rounds/],
    [['happy-panda', '--seed', 'abc'], /--seed .* 32 bytes/],
    [['happy-panda', '--stage', 'local', '--workers', '2'], /--workers is for a run on this machine/],
    [['happy-panda', '--stage', 'local', '--rounds', '2000000000000'], /<=800000000000 .* at rounds/],
    [['happy-panda', '--shard-rounds', '1000'], /--shard-rounds is for a run on a stage/],
    [['happy-panda', '--resume', ID], /--resume is for a run on a stage/],
    [['happy-panda', '--stage', 'local', '--resume', ID, '--rounds', '9'], /--rounds was settled/],
    [['happy-panda', '--stage', 'local', '--resume', ID, '--exact'], /--exact was settled/],
    [[], /NAME is missing; npm run simulate -- --help/],
  ])('says in one line why it cannot run, and exits with 2: %j', async (options, line) => {
    const { code, stderr, stdout } = await simulate(...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim()).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
