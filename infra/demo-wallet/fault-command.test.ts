import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestWallet, transactionOf } from './hostile-wallet.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const script = (name: string) => new URL(name, import.meta.url).pathname;
let directory: string;
let wallet: TestWallet;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  wallet = await TestWallet.start(2_000);
});
afterAll(async () => {
  await wallet.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => wallet.plan());

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

async function faults(...args: readonly string[]): Promise<Ended> {
  const env = { PATH: '', WALLET_PORT: new URL(wallet.url).port };
  try {
    const ended = await promisify(execFile)(process.execPath, [script('./fault.command.ts'), ...args], {
      env,
    });
    return { ...ended, code: 0 };
  } catch (error) {
    return error as Ended;
  }
}

function planFile(content: string): string {
  const file = join(directory, 'plan.json');
  writeFileSync(file, content);
  return file;
}

describe('the command', () => {
  it('sets a plan, shows what it did, and clears it', async () => {
    const file = planFile(JSON.stringify({ rules: [{ fault: 'down', on: 'balance', times: 1 }] }));
    expect(await faults('set', file)).toMatchObject({ code: 0, stderr: '' });
    expect(await wallet.client.balance(ids.player('player123'), 'EUR')).toMatchObject({
      reason: 'CONNECTION',
    });
    expect(await wallet.client.balance(ids.player('player123'), 'EUR')).toMatchObject({
      kind: 'acknowledged',
    });
    expect((await faults('show')).stdout).toBe(
      '{"fault":"down","on":["balance"],"times":1} struck 1 of 2 calls\n',
    );
    expect((await faults('clear')).stdout).toBe('Nothing goes wrong at the wallet.\n');
    expect((await wallet.faults('GET')).json).toEqual({ rules: [], held: 0 });
  });

  it('adds a rule that is made of its options', async () => {
    await faults(
      'add',
      '--fault',
      'slow',
      '--on',
      'debit',
      '--on',
      'credit',
      '--delay-ms',
      '5',
      '--skip',
      '2',
    );
    await faults(
      'add',
      '--fault',
      'server-error',
      '--status',
      '502',
      '--commit',
      '--probability',
      '0.5',
      '--seed',
      '3',
    );
    await faults(
      'add',
      '--fault',
      'time-out',
      '--player',
      'anna',
      '--game',
      'mines',
      '--transaction',
      't',
      '--for-ms',
      '9',
    );
    expect((await wallet.faults('GET')).json).toMatchObject({
      rules: [
        { rule: { fault: 'slow', on: ['debit', 'credit'], delay_ms: 5, skip: 2 } },
        { rule: { fault: 'server-error', status: 502, commit: true, probability: 0.5, seed: 3 } },
        {
          rule: { fault: 'time-out', player_id: 'anna', game_code: 'mines', transaction_id: 't', for_ms: 9 },
        },
      ],
    });
  });

  it('says what is held back now', async () => {
    await faults('add', '--fault', 'reorder');
    const held = wallet.client.credit(transactionOf('player123'));
    await expect.poll(async () => (await faults('show')).stdout).toContain('Calls that are held back now: 1');
    await faults('clear');
    expect(await held).toMatchObject({ kind: 'acknowledged' });
  });

  it('tells its options', async () => {
    expect((await faults('--help')).stdout).toMatch(
      /^Usage: npm run wallet:faults[\s\S]*rollback-before-bet/,
    );
  });

  it.each<[string[], RegExp, code?: number]>([
    [
      ['add', '--fault', 'fire'],
      /^The rule: fault: one of commit-then-time-out, .*, down \(MISCONFIGURED\)$/,
    ],
    [['add', '--fault', 'slow', '--times', 'often'], /^The rule: times: .*number.*$/],
    [
      ['add', '--fault', 'slow', '--on', 'health'],
      /^The rule: on: slow strikes one or more of authenticate, .*$/,
    ],
    [['add', '--fault', 'slow', '--commit'], /^The rule: Unrecognized key: "commit" \(MISCONFIGURED\)$/],
    [
      ['add', '--fault', 'slow', '--every', '2', '--probability', '0.5'],
      /^The rule: every and probability exclude each other \(MISCONFIGURED\)$/,
    ],
    [['add', '--fault', 'slow', '--seed', '2'], /^The rule: a seed is for a probability \(MISCONFIGURED\)$/],
    [['set'], /^set needs the file of a plan$/, 2],
    [['set', '/no/such/plan.json'], /^\/no\/such\/plan\.json cannot be read: ENOENT.*$/],
    [['show', '--fire'], /^Unknown option '--fire'.*$/, 2],
    [
      ['show', '--wallet', 'http://127.0.0.1:1'],
      /^No wallet answers at http:\/\/127\.0\.0\.1:1; start it .*$/,
    ],
    [['show', '--wallet', 'nowhere'], /^nowhere is no address \(MISCONFIGURED\)$/],
  ])('refuses %o in one clear line', async (args, line, expected = 1) => {
    const { code, stderr, stdout } = await faults(...args);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(stderr.trimEnd().replace('Error: ', '')).toMatch(line);
  });

  it.each<[string[], RegExp]>([
    [[], /^Error: ACTION is missing; .* --help .*\n$/],
    [['burn'], /^Error: ACTION is "burn", but takes one of show, set, add, clear; .*\n$/],
    [['show', 'more'], /^Error: show takes no file\n$/],
    [['clear', '--times', '3'], /^Error: clear takes no --times; only add does\n$/],
  ])('says for %o what it takes', async (args, line) => {
    expect(await faults(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(line) });
  });

  it('names what is wrong in the file of a plan', async () => {
    const flawed = planFile('{"rules":[{"fault":"slow"},{"fault":"slow","delay":3},{"fault":"fire"}]}');
    const { stderr } = await faults('set', flawed);
    expect(stderr).toMatch(/plan\.json: rules\.1: Unrecognized key: "delay"; rules\.2\.fault: one of /);
    expect((await faults('set', planFile('{"rules":'))).stderr).toMatch(
      /^Error: \S+plan\.json cannot be read: .*JSON.*\n$/,
    );
    expect((await faults('set', planFile('{"rules":[{"fault":"down"}],"rules":[]}'))).stderr).toMatch(
      /^Error: \S+plan\.json cannot be read: .*the same name twice \(MISCONFIGURED\)\n$/,
    );
  });
});

describe('a wallet that is started with a plan', () => {
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [script('./start.command.ts'), ...args], {
      env: {
        PATH: '',
        WALLET_PORT: '0',
        WALLET_DATA: join(directory, 'data'),
        WALLET_SECRET: 'x'.repeat(16),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('is hostile from the first call on, and says so', async () => {
    const child = start('--faults', planFile('{"rules":[{"fault":"down"}]}'));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === 3) break;
    const url = /http:\S+\d/.exec(lines[0] ?? '')?.[0];
    expect(lines[2]).toMatch(/^It is hostile, by \S+plan\.json\./);
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    child.kill();
    await once(child, 'exit');
  });

  it.each([
    ['a plan that is wrong', '{"rules":[{"fault":"fire"}]}', /plan\.json: rules\.0\.fault: one of /],
    ['a plan that is none', 'fire', /plan\.json cannot be read: /],
  ])('does not start with %s', async (_, content, line) => {
    const child = start('--faults', planFile(content));
    const [[code], said] = await Promise.all([once(child, 'exit'), child.stderr.toArray()]);
    expect(code).toBe(1);
    expect(said.join('')).toMatch(/^[^\n]+\n$/);
    expect(said.join('')).toMatch(line);
  });
});
