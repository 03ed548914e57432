import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { LaunchResponse, ReconciliationResponse, RoundResponse } from '../../functions/_api/responses.ts';
import { type DemoWallet, startDemoWallet } from '../../infra/demo-wallet/server.ts';
import type { WalletCalls } from '../../shared/operators/operator.ts';
import { ROOT } from '../docs/pages.ts';
import { archivedRounds, forgeFile } from './archive.ts';
import { call, codeOf, eventually, minor, type Reply } from './client.ts';
import { registerAt } from './operators.ts';
import { target } from './target.ts';

type Report = z.infer<typeof ReconciliationResponse>;
type Round = z.infer<typeof RoundResponse>;

const SECRET = 'a secret of this wallet and this operator';
/** The name is new for every run, because the stack may outlive the suite. */
const operatorId = `books-${Date.now().toString(36)}`;
const from = new Date(Date.now() - 1_000).toISOString();
let folder: string;
let wallet: DemoWallet;
let operatorKey: string;
let rounds: readonly Round[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-books-'));
  const { outputs, environment } = target();
  await writeFile(path.join(folder, 'deployment.json'), JSON.stringify({ outputs, environment }));
  wallet = await startDemoWallet({ port: 0, dataDirectory: folder, secret: SECRET });
  operatorKey = await register(operatorId, wallet.url);
  rounds = await play(60);
});
afterAll(async () => {
  await wallet?.stop();
  await rm(folder, { recursive: true, force: true });
});

function register(id: string, walletUrl: string, walletCalls: WalletCalls = 'debit-credit'): Promise<string> {
  return registerAt(target(), {
    operatorId: id,
    name: 'Operator with books',
    walletUrl,
    walletSecret: SECRET,
    walletCalls,
  });
}

async function play(count: number, id = operatorId, key = operatorKey): Promise<Round[]> {
  const launched = await call(target(), 'POST', '/api/v1/games/happy-panda/session', {
    body: { player_id: 'player123', currency: 'EUR', operator_id: id },
    headers: { 'x-operator-key': key },
  });
  const { session_id } = LaunchResponse.parse(launched.json);
  const played: Round[] = [];
  for (let bonus = false; played.length < count || bonus; ) {
    const reply = await call(target(), 'POST', `/api/v1/games/happy-panda/${bonus ? 'bonus' : 'spin'}`, {
      body: bonus ? { session_id } : { session_id, bet_amount: '1.00' },
    });
    const round = RoundResponse.parse(reply.json);
    played.push(round);
    bonus = round.bonus_active;
  }
  return played;
}

function ask(query: Readonly<Record<string, string>>, headers: Record<string, string>): Promise<Reply> {
  return call(target(), 'GET', `/api/v1/reconciliation?${new URLSearchParams(query).toString()}`, {
    headers,
  });
}

/** Reconciles the period up to now, which is later each time. */
async function reconciled(key = operatorKey): Promise<Report> {
  const to = new Date(Date.now() + 1_000).toISOString();
  const reply = await ask({ from, to }, { 'x-operator-key': key });
  expect(reply.status, reply.text).toBe(200);
  return ReconciliationResponse.parse(reply.json);
}

/** Waits for the archive, which is some seconds behind. */
function complete(played = rounds, key = operatorKey): Promise<Report> {
  return eventually(async () => {
    const report = await reconciled(key);
    return report.totals[0]?.rgs.rounds === played.length ? report : undefined;
  });
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function command(...options: string[]): Promise<Ended> {
  const script = ['infra/commands/reconcile.command.ts', ...options];
  const environment = { ...process.env, RGS_DATA: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, script, { cwd: ROOT, env: environment }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const until = () => new Date(Date.now() + 1_000).toISOString();

describe('rounds and books that agree', () => {
  it('have no difference, and both sides have moved the same', async () => {
    const report = await complete();
    expect(report).toMatchObject({
      operator_id: operatorId,
      wallet_list: 'compared',
      rounds_in_progress: 0,
      difference_counts: {},
      differences: [],
      finding_counts: {},
      findings: [],
    });
    const [totals] = report.totals;
    const wins = rounds.reduce((sum, { win_amount }) => sum + minor(win_amount), 0n);
    expect(minor(totals?.rgs.wins ?? null)).toBe(wins);
    expect(totals?.wallet).toMatchObject({
      debits: totals?.rgs.stakes,
      credits: totals?.rgs.wins,
      rollbacks: '0.00',
      net: totals?.rgs.net,
    });
  });

  it('end the command with 0', async () => {
    const { exitCode, stdout, stderr } = await command(
      '--unfinished',
      '--operator',
      operatorId,
      '--from',
      from,
      '--to',
      until(),
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain(`${rounds.length} rounds`);
    expect(stdout).toContain('No differences.');
    expect(stderr).toMatch(/^\d{4}-\d{2}-\d{2}: 0 differences, 0 findings$/m);
  });

  it('agree at the same wallet for another operator, whose stake and win go in one call', async () => {
    const id = `${operatorId}-1`;
    const key = await register(id, wallet.url, 'bet-win');
    const played = await play(30, id, key);
    const report = await complete(played, key);
    expect(report).toMatchObject({ operator_id: id, rounds_in_progress: 0, differences: [] });
    expect(report.totals[0]?.wallet?.net).toBe(report.totals[0]?.rgs.net);
    expect((await reconciled()).differences).toEqual([]);
  });

  it('are for the operator alone', async () => {
    const report = await reconciled(target().operatorKey);
    expect(report.operator_id).toBe('demo');
    expect(JSON.stringify(report)).not.toContain(rounds[0]?.round_id);
  });
});

describe('a request that cannot be answered', () => {
  const day = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };
  it.each([
    ['without a key', day, {}, 401, 'MISSING_CREDENTIALS'],
    ['with a wrong key', day, { 'x-operator-key': 'wrong' }, 401, 'INVALID_OPERATOR_KEY'],
  ] as const)('%s', async (_, query, headers, status, code) => {
    const reply = await ask(query, headers);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  it.each([
    ['for no period', {}, 'INVALID_REQUEST'],
    ['for half a period', { from: hoursAgo(1) }, 'INVALID_REQUEST'],
    ['for a time that is none', { from: 'yesterday', to: 'today' }, 'INVALID_REQUEST'],
    ['for a period that ends before it begins', { from: hoursAgo(1), to: hoursAgo(2) }, 'INVALID_REQUEST'],
    ['for another operator', { from: hoursAgo(2), to: hoursAgo(1), operator_id: 'demo' }, 'INVALID_REQUEST'],
    ['for more than a day', { from: hoursAgo(26), to: hoursAgo(1) }, 'PERIOD_TOO_LARGE'],
    ['for a day long ago', { from: hoursAgo(24 * 400), to: hoursAgo(24 * 399.5) }, 'PERIOD_TOO_OLD'],
  ] as const)('%s', async (_, query, code) => {
    const reply = await ask(query, { 'x-operator-key': operatorKey });
    expect(codeOf(reply)).toBe(code);
  });
});

describe('books that were tampered with', () => {
  /** What to do to the transactions of a round, by the difference that has to come of it. */
  const damage: Readonly<Record<string, (roundId: string, journal: DatabaseSync) => void>> = {
    MISSING_DEBIT: (roundId, journal) =>
      journal.prepare(`DELETE FROM journal WHERE round_id = ? AND kind = 'debit'`).run(roundId),
    AMOUNT_MISMATCH: (roundId, journal) =>
      journal
        .prepare(
          `UPDATE journal SET amount_minor = amount_minor + 1, change_minor = change_minor - 1
           WHERE round_id = ? AND kind = 'debit'`,
        )
        .run(roundId),
    CURRENCY_MISMATCH: (roundId, journal) =>
      journal.prepare(`UPDATE journal SET currency = 'SEK' WHERE round_id = ?`).run(roundId),
    PLAYER_MISMATCH: (roundId, journal) =>
      journal.prepare(`UPDATE journal SET player_id = 'player124' WHERE round_id = ?`).run(roundId),
    UNEXPECTED_DEBIT: (roundId, journal) => copy(journal, roundId, 'debit', 'debit', `${roundId}:debit-2`),
    UNEXPECTED_CREDIT: (roundId, journal) => copy(journal, roundId, 'debit', 'credit', `${roundId}:credit`),
    UNEXPECTED_ROLLBACK: (roundId, journal) =>
      copy(journal, roundId, 'debit', 'rollback', `${roundId}:debit`),
    UNKNOWN_ROUND: (roundId, journal) =>
      copy(journal, roundId, 'debit', 'debit', 'nobody-asked-for-it:debit', crypto.randomUUID()),
  };

  function copy(
    journal: DatabaseSync,
    roundId: string,
    kind: string,
    newKind: string,
    newId: string,
    newRoundId = roundId,
  ): void {
    journal
      .prepare(
        `INSERT INTO journal (at_ms, kind, transaction_id, round_id, player_id, session_id, game_code, amount_minor,
           currency, change_minor, balance_minor, operator_id)
         SELECT at_ms, ?, ?, ?, player_id, session_id, game_code, amount_minor, currency, change_minor, balance_minor,
           operator_id FROM journal WHERE round_id = ? AND kind = ?`,
      )
      .run(newKind, newId, newRoundId, roundId, kind);
  }

  const damaged = new Map<string, string>();

  beforeAll(() => {
    const journal = new DatabaseSync(path.join(folder, 'wallet.sqlite'));
    journal.exec('DROP TRIGGER journal_keeps_entries; DROP TRIGGER journal_loses_no_entries');
    const isOf = (kind: string) => {
      const rows = journal.prepare('SELECT round_id FROM journal WHERE kind = ?').all(kind);
      return new Set(rows.map((row) => row['round_id']));
    };
    const [debited, credited] = [isOf('debit'), isOf('credit')];
    const lost = rounds.filter(({ round_id }) => debited.has(round_id) && !credited.has(round_id));
    Object.entries(damage).forEach(([kind, work], index) => {
      const { round_id: roundId = 'none' } = lost[index] ?? {};
      work(roundId, journal);
      damaged.set(kind, roundId);
    });
    const won = rounds.find(({ round_id }) => credited.has(round_id))?.round_id ?? 'none';
    journal.prepare(`DELETE FROM journal WHERE round_id = ? AND kind = 'credit'`).run(won);
    damaged.set('MISSING_CREDIT', won);
    journal.close();
  });

  it('differ in each place by the kind that it is, and nowhere else', async () => {
    const report = await reconciled();
    expect(report.difference_counts).toEqual(
      Object.fromEntries([...damaged.keys()].map((kind) => [kind, 1])),
    );
    const told = new Map(report.differences.map(({ kind, round_id }) => [kind, round_id]));
    const expected = new Map(damaged);
    expected.set('UNKNOWN_ROUND', told.get('UNKNOWN_ROUND') ?? 'none');
    expect(told).toEqual(expected);
    expect(rounds.map(({ round_id }) => round_id)).not.toContain(told.get('UNKNOWN_ROUND'));
  });

  it('differ in the same way wherever the period is cut', async () => {
    const atMs = Date.now() - 1;
    const middle = new Date((Date.parse(from) + atMs) / 2).toISOString();
    const parts = [
      { from, to: middle },
      { from: middle, to: until() },
    ];
    const kinds = new Set<string>();
    for (const part of parts) {
      const reply = await ask(part, { 'x-operator-key': operatorKey });
      for (const { kind } of ReconciliationResponse.parse(reply.json).differences) kinds.add(kind);
    }
    expect(kinds).toEqual(new Set(damaged.keys()));
  });

  it('end the command with 1, which lists them', async () => {
    const period = ['--operator', operatorId, '--from', from, '--to', until()];
    const text = await command(...period);
    expect(text.exitCode, text.stderr).toBe(1);
    for (const [kind, roundId] of damaged) {
      expect(text.stdout).toContain(`1 ${kind}`);
      if (kind !== 'UNKNOWN_ROUND') expect(text.stdout).toMatch(new RegExp(`^${kind} +${roundId} `, 'm'));
    }
    const json = await command(...period, '--json');
    expect(json.exitCode).toBe(1);
    const report = ReconciliationResponse.parse(JSON.parse(json.stdout));
    expect(report.difference_counts).toEqual((await reconciled()).difference_counts);
  });
});

describe('an archive with a line that somebody changed', () => {
  it('has findings that name its file, and ends the command with 1', async () => {
    const id = `${operatorId}-c`;
    const key = await register(id, wallet.url);
    const played = await play(3, id, key);
    const round = await eventually(async () => {
      const archived = await archivedRounds({ ...target(), operatorId: id });
      return archived.size === played.length ? [...archived.values()][0] : undefined;
    });
    const forged = await forgeFile(target(), round, [{ ...round, balance_after: '0.00' }]);
    const report = await reconciled(key);
    expect(report).toMatchObject({
      finding_counts: { CHANGED_RECORD: 1, WRONG_MAC: 1 },
      difference_counts: {},
    });
    for (const finding of report.findings) {
      expect(finding).toMatchObject({ player_id: 'player123', round_ids: [round.round_id] });
      expect(finding.files).toContain(forged);
    }
    const { exitCode, stdout } = await command('--operator', id, '--from', from, '--to', until());
    expect(exitCode, stdout).toBe(1);
    expect(stdout).toContain('1 CHANGED_RECORD');
    expect(stdout).toContain('1 WRONG_MAC');
    expect(stdout).toContain(forged);
  });
});

describe('a wallet that lists nothing', () => {
  it('leaves the totals of the game server, and ends the command with 2', async () => {
    const silent = createServer((_, response) => {
      response.writeHead(404).end('{"code":"UNKNOWN_ROUTE","message":"No such call"}');
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const id = `${operatorId}-s`;
    const key = await register(id, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    expect(await reconciled(key)).toMatchObject({ wallet_list: 'not-offered', differences: [], totals: [] });
    const { exitCode, stdout } = await command('--operator', id, '--from', from, '--to', until());
    expect(exitCode, stdout).toBe(2);
    expect(stdout).toContain('Nothing was compared');
    silent.closeAllConnections();
    silent.close();
  });
});

describe('a command that cannot be done', () => {
  it.each([
    ['no operator', [], /--operator ID is missing/],
    ['an operator that is not there', ['--operator', 'nobody'], /There is no operator nobody/],
    ['half a period', ['--operator', 'demo', '--from', '2026-11-20'], /--from and --to belong together/],
    [
      'a period of the far past',
      ['--operator', 'demo', '--from', '2020-01-01', '--to', '2020-01-02'],
      /ledger/,
    ],
    ['an unknown option', ['--operator', 'demo', '--day', 'today'], /--day/],
  ])('ends with 2 and says why: %s', async (_, options, why) => {
    const { exitCode, stderr } = await command(...options);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(why);
  });
});
