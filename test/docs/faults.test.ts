import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULT_NAMES, readPlanFile, Rule } from '../../infra/demo-wallet/fault-plan.ts';
import { page, ROOT, tableUnder } from './pages.ts';

const wallet = page('docs/wallet-api.md');

/** The parameters that every rule may have, whatever its fault is. */
const COMMON = [
  'player_id',
  'game_code',
  'transaction_id',
  'skip',
  'times',
  'every',
  'probability',
  'seed',
  'for_ms',
];

describe('docs/wallet-api.md', () => {
  it('has every fault with its parameters and what they are unless set', () => {
    const told = tableUnder(wallet, 'Faults').map(([fault, , parameters]) => [fault, parameters]);
    expect(told.map(([fault]) => fault)).toEqual(FAULT_NAMES);
    for (const [fault = '', parameters = ''] of told) {
      const { fault: _, on: __, ...own } = Rule.parse({ fault });
      const named = parameters.split('; ').filter(Boolean);
      expect(named, fault).toEqual(Object.entries(own).map(([name, value]) => `${name}, ${value}`));
    }
  });

  it('has the limits of what is a number', () => {
    const limits = /Milliseconds are at most (\d+), a `status` is (\d+) to (\d+)\./
      .exec(wallet.text)
      ?.slice(1)
      .map(Number);
    const [maxMs = 0, minStatus = 0, maxStatus = 0] = limits ?? [];
    const accepted = (rule: object) => Rule.safeParse(rule).success;
    const times = [
      ['slow', 'delay_ms'],
      ['reorder', 'hold_ms'],
      ['rollback-before-bet', 'hold_ms'],
      ['down', 'for_ms'],
    ] as const;
    for (const [fault, name] of times) {
      expect([maxMs, maxMs + 1].map((ms) => accepted({ fault, [name]: ms }))).toEqual([true, false]);
    }
    const statuses = [minStatus - 1, minStatus, maxStatus, maxStatus + 1];
    expect(statuses.map((status) => accepted({ fault: 'server-error', status }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('has every field of a rule, and the option that sets it', () => {
    const rows = tableUnder(wallet, 'Rules');
    const list = (text = '') => text.split(', ').filter((name) => !name.includes(' '));
    expect(rows.flatMap(([fields]) => list(fields)).sort()).toEqual(['on', ...COMMON].sort());
    const help = execFileSync(process.execPath, ['infra/demo-wallet/fault.command.ts', '--help'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    for (const option of rows.flatMap(([, options]) => list(options)))
      expect(help).toMatch(new RegExp(`^ +${option} `, 'm'));
    for (const fault of FAULT_NAMES) expect(help).toMatch(new RegExp(`\\b${fault}\\b`));
  });

  it('names a plan that can be set', async () => {
    const plan = await readPlanFile(path.join(ROOT, 'infra/demo-wallet/plans/mixed.json'));
    // A tester sees every kind of them, but for an outage, which would hide the others.
    const faults = new Set(plan.rules.map(({ fault }) => fault));
    expect(FAULT_NAMES.filter((fault) => !faults.has(fault))).toEqual(['player-blocked', 'down']);
  });
});
