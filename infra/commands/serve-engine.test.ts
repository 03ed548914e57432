import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OtherEngine, OtherRandom, otherClient } from '../../shared/engines/grpc/other-client.fixture.ts';
import { engineSource } from './engine-source.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { activateEngine, publishEngine } from './publish-engine.ts';

let child: ChildProcess | undefined;
let data = '';
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the command until it serves or ends; answers all that it said. */
async function run(...args: readonly string[]): Promise<string> {
  child = spawn(process.execPath, ['infra/commands/serve-engine.command.ts', ...args], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: { ...process.env, RGS_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = once(child, 'exit');
  const serving = new Promise((resolve) => {
    for (const output of [child?.stdout, child?.stderr])
      output?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Serving on')) resolve(undefined);
      });
  });
  await Promise.race([serving, ended]);
  return said;
}

const portOf = (said: string) => Number(/Serving on \S+:(\d+)/.exec(said)?.[1]);

describe('npm run engine:serve', () => {
  it('serves an engine of this checkout until it is asked to end', async () => {
    const said = await run('happy-panda', '--port', '0');
    const told = await otherClient(OtherEngine, portOf(said)).call('GetCapabilities', {
      env_id: 'happy-panda',
    });
    const { build_hash } = told['id'] as { build_hash: Buffer };
    expect(said).toContain(`happy-panda 1.0.0 ${build_hash.toString('hex')}`);
    const random = otherClient(OtherRandom, portOf(said)).call('GetBytes', { request_id: 'a', length: 32 });
    await expect(random).rejects.toThrow('UNIMPLEMENTED');
    child?.kill('SIGTERM');
    expect(child && (await once(child, 'exit'))).toEqual([0, null]);
  });

  it('serves random bytes where it is asked to', async () => {
    const other = otherClient(OtherRandom, portOf(await run('happy-panda', '--port', '0', '--random')));
    const ask = (length: number) => other.call('GetBytes', { request_id: 'mine', length });
    const first = await ask(32);
    expect(first).toEqual({ request_id: 'mine', data: expect.objectContaining({ length: 32 }) });
    expect(first['data']).not.toEqual((await ask(32))['data']);
    await expect(ask(0)).rejects.toThrow('INVALID_ARGUMENT');
    await expect(ask(4_097)).rejects.toThrow('INVALID_ARGUMENT');
  });

  it.each([
    ['an engine that does not exist', ['sad-panda'], /engines\/sad-panda/, 1],
    ['a certificate without its key', ['happy-panda', '--cert', 'cert.pem'], /--cert and --key/, 2],
    ['seeds in plain text on a network', ['happy-panda', '--host', '0.0.0.0'], /unencrypted/, 2],
  ])('refuses %s', async (_, args, message, code) => {
    expect(await run(...args)).toMatch(message);
    expect(child?.exitCode ?? (await once(child as ChildProcess, 'exit'))[0]).toBe(code);
  });
});

describe('npm run engine:serve of a stage', () => {
  const folder = useLocalStage();
  let hash: string;
  beforeAll(async () => {
    data = folder();
    const published = await publishEngine(deployment, await engineSource('happy-panda', {}));
    await activateEngine(deployment, published);
    hash = published.hash;
  }, 60_000);

  it.each([
    ['all of its games', () => []],
    ['a game', () => ['happy-panda']],
    ['a hash', () => [hash]],
  ])('serves what is published, by %s', async (_, names) => {
    const said = await run(...names(), '--stage', 'local', '--port', '0');
    const told = await otherClient(OtherEngine, portOf(said)).call('GetCapabilities', {
      env_id: 'happy-panda',
    });
    expect(told['id']).toMatchObject({ build_hash: Buffer.from(hash, 'hex') });
  });

  it('refuses a game that it has not', async () => {
    expect(await run('sad-panda', '--stage', 'local')).toContain('Stage local has no game sad-panda');
  });
});
