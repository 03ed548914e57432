import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LaunchResponse, RoundRecord, RoundResponse } from '../../functions/_api/responses.ts';
import { commandEnvironment, proofOf } from '../docs/commands.ts';
import { commandsOf, page, pages, ROOT } from '../docs/pages.ts';
import { call } from './client.ts';
import { target } from './own-target.ts';

const BETWEEN = '\x1e';
const readme = stackCommands('README.md');

function stackCommands(file: string): string[] {
  const commands = commandsOf(page(file)).filter((command) => proofOf(command) === 'stack');
  return commands.map((command) => command.replaceAll('<name>', 'happy-panda'));
}

/** Runs the commands in one shell. Only the addresses and the key are replaced. @returns the output of each */
async function run(commands: readonly string[]): Promise<string[]> {
  const { apiUrl, walletUrl, operatorKey } = target();
  const script = commands
    .map((command) =>
      command
        .replaceAll('http://127.0.0.1:8080', apiUrl.replace(/\/$/, ''))
        .replaceAll('http://127.0.0.1:8081', walletUrl)
        .replaceAll('demo-operator-key', operatorKey),
    )
    .join(`\nprintf '\\036'\n`);
  const shell = ['-e', '-c', `exec 2>'${path.join(folder, 'errors')}'\n${script}`];
  const env = commandEnvironment({ RGS_DATA: folder, WALLET_PORT: new URL(walletUrl).port });
  try {
    return (await promisify(execFile)('sh', shell, { cwd: ROOT, env })).stdout.split(BETWEEN);
  } catch (error) {
    throw new Error(await readFile(path.join(folder, 'errors'), 'utf8'), { cause: error });
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-docs-'));
  const { outputs, environment } = target();
  // This file leads the commands to a local run.
  await writeFile(path.join(folder, 'deployment.json'), JSON.stringify({ outputs, environment }));
  await finishBonus();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every test plays as player123, so an earlier test may have left a bonus. */
async function finishBonus(): Promise<void> {
  const body = { player_id: 'player123', currency: 'EUR', operator_id: 'demo', token: 'demo' };
  const launched = await call(target(), 'POST', '/api/v1/games/happy-panda/session', { body });
  const { session_id, bonus_active } = LaunchResponse.parse(launched.json);
  for (let active = bonus_active; active; ) {
    const reply = await call(target(), 'POST', '/api/v1/games/happy-panda/bonus', { body: { session_id } });
    active = RoundResponse.parse(reply.json).bonus_active;
  }
}

/** The code of a refusal, where a command's one call was refused. */
function codeIn(output: string): string | undefined {
  return (JSON.parse(output) as { code?: string }).code;
}

describe('the commands of the pages', () => {
  it('are all run here, where they need a stack', () => {
    const covered = [
      'README.md',
      'docs/api.md',
      'docs/debugging.md',
      'docs/development.md',
      'docs/engines.md',
      'docs/wallet-api.md',
    ];
    expect(
      pages()
        .map(({ file }) => file)
        .filter((file) => stackCommands(file).length > 0),
    ).toEqual(covered);
  });

  it('of the README launch a session, spin and read the round', async () => {
    const outputs = await run(readme);
    const record = RoundRecord.parse(JSON.parse(outputs.at(-1) ?? ''));
    expect(record).toMatchObject({ player_id: 'player123', stake: '1.00', number: expect.any(Number) });
  });

  it('of the README are those that npm start prints', async () => {
    const { readyMessage } = await import('../../infra/local/start-messages.ts');
    const said = readyMessage({
      url: 'http://127.0.0.1:8080',
      walletUrl: undefined,
      dataDirectory: '',
      logDirectory: '',
      operatorKey: 'demo-operator-key',
      tookMs: 0,
    });
    const plain = (text: string) => text.replaceAll(/\s+/g, ' ');
    for (const command of readme) expect(plain(said)).toContain(plain(command));
  });

  it('of the API launch a session, play in it, read what was played and revoke the session', async () => {
    await finishBonus();
    const commands = stackCommands('docs/api.md');
    const outputs = await run([...commands, 'printf "%s" "$SESSION $ROUND"']);
    // An assignment keeps an id of the answer, and the last command revokes the session and answers nothing.
    const replies = outputs.slice(0, commands.length).filter((output) => output.trim() !== '');
    expect(commands.filter((command) => /^[A-Z]+=|-X DELETE /.test(command))).toHaveLength(
      commands.length - replies.length,
    );
    // Whether the spin won a bonus is chance.
    for (const reply of replies) expect([undefined, 'NO_ACTIVE_BONUS']).toContain(codeIn(reply));
    const [session, round] = (outputs.at(-1) ?? '').split(' ');
    const records = replies.map((reply) => RoundRecord.safeParse(JSON.parse(reply)).data).filter(Boolean);
    expect(records.map((record) => [record?.session_id, record?.round_id])).toEqual([
      [session, round],
      [session, round],
    ]);
    const verified = await call(target(), 'GET', `/api/v1/sessions/${session}`);
    expect(verified.json).toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('of debugging show a round everywhere, compute it again, and lead a client of the SDK to the ledger', async () => {
    await finishBonus();
    const outputs = await run([...readme, 'sleep 10', ...stackCommands('docs/debugging.md')]);
    const { round_id, status } = RoundRecord.parse(JSON.parse(outputs[readme.length - 1] ?? ''));
    const [traced = '', booked = '', replayed = '', , scanned = ''] = outputs.slice(readme.length + 1);
    expect(traced).toContain(`Ledger: ${status}`);
    expect(traced).toContain('says the same as the ledger');
    expect(booked).toMatch(new RegExp(`${round_id}:[0-9a-f]{16}:debit`));
    expect(replayed).toMatch(/^state_after: the same$/m);
    expect(replayed).not.toContain('differs');
    expect(scanned).toMatch(/\bpk: \{ S: '[^']+' \}/);
  });

  it('of the wallet make the documented signature, a player and a list', async () => {
    const commands = stackCommands('docs/wallet-api.md').filter((command) => !command.includes('faults'));
    const [signature = '', ...replies] = await run(commands);
    const hex = /[0-9a-f]{64}/.exec(signature)?.[0] ?? 'none';
    expect(page('docs/wallet-api.md').text).toContain(`v1=${hex}`);
    // A wallet that lives longer than this suite has the player already.
    expect(replies.map(codeIn).map((code) => code ?? 'ok')).toEqual([
      expect.stringMatching(/^(ok|PLAYER_EXISTS)$/),
      'ok',
    ]);
  });

  it('of the hostile wallet say what goes wrong at it, and end it', async () => {
    const commands = stackCommands('docs/wallet-api.md').filter((command) => command.includes('faults'));
    expect(commands.length).toBeGreaterThan(6);
    onTestFinished(async () => {
      await fetch(`${target().walletUrl}/faults`, { method: 'DELETE' });
    });
    const outputs = await run(commands);
    const said = new Map(commands.map((command, index) => [command, outputs[index] ?? '']));
    for (const [command, output] of said) {
      const over = /clear$|DELETE/.test(command);
      expect(output, command).toMatch(over ? /Nothing goes wrong|"rules":\[\]/ : /"fault":"[a-z-]+"/);
    }
  });

  it('of operations publish an engine, list and activate it, register and show an operator, and reconcile', async () => {
    const commands = commandsOf(page('docs/operations.md')).filter((command) => proofOf(command) === 'stage');
    const outputs = await run(commands.map(onThisStage));
    const said = commands.map((command, index) => [command, outputs[index] ?? ''] as const);
    const saidOf = (part: string) =>
      said.filter(([command]) => command.includes(part)).map(([, output]) => output);
    expect(saidOf('engine:versions')).toEqual([
      expect.stringMatching(/^active {2}[0-9a-f]{64} build 1\.0\.0/m),
    ]);
    for (const output of saidOf('engine:activate'))
      expect(output).toMatch(/the active version of happy-panda/);
    expect(saidOf('engine:retire')).toEqual([expect.stringContaining('active')]);
    expect(saidOf('operator:register')).toEqual([
      expect.stringMatching(/shown only now: \S+/),
      expect.stringMatching(/Its current wallet is second at \S+, .*\nIt keeps its key\./),
    ]);
    expect(saidOf('operator:show')).toEqual([
      expect.stringMatching(/^acme \(Acme Casino\) is on\. .*\n[^]*^current {2}second .* is there$/m),
    ]);
    const reports = saidOf('npm run reconcile');
    expect(reports).toHaveLength(4);
    for (const report of reports) expect(report).toMatch(/differences/);
    expect(saidOf('rounds:pending')).toEqual([
      expect.stringMatching(/^(?:No credit and no rollback is pending\.|owes {2,}since)/m),
    ]);
  });

  /** A command for the stage prod, on the stage of this stack. Its active version cannot be retired. */
  function onThisStage(command: string): string {
    const here = command
      .replaceAll('--stage prod', '--stage local')
      .replaceAll('wallet-secret.txt', path.join(folder, 'wallet-secret.txt'));
    if (here.includes('engine:retire')) return `OLD_HASH=$HASH; ${here} 2>&1 || true`;
    // Other files of this suite leave differences behind, which the exit code tells.
    if (here.includes('npm run reconcile')) return `${here.replace('acme', 'demo')} || [ $? = 1 ]`;
    if (here.includes('rounds:pending')) return `${here} || [ $? = 1 ]`;
    return here;
  }

  it('of development and engines publish the game and register an operator, whose key opens a session', async () => {
    const pagesOfCommands = ['docs/development.md', 'docs/engines.md'];
    const [published, listed = '', registered = '', again] = await run(
      pagesOfCommands.flatMap(stackCommands),
    );
    for (const said of [published, again])
      expect(said).toMatch(/happy-panda now plays on engine [0-9a-f]{64}/);
    expect(listed).toMatch(/active {2}[0-9a-f]{64} build 1\.0\.0/);
    const key = /shown only now: (\S+)/.exec(registered)?.[1] ?? '';
    const reply = await call(target(), 'POST', '/api/v1/games/happy-panda/session', {
      body: { player_id: 'player123', currency: 'EUR', operator_id: 'lucky' },
      headers: { 'x-operator-key': key },
    });
    expect(LaunchResponse.parse(reply.json).currency).toBe('EUR');
  });
});
