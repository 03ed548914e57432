import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = path.join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** Everything that a new function is made and checked with. */
const PARTS = [
  'docs/api.md',
  'functions',
  'infra',
  'shared',
  'test',
  'cdk.json',
  'package.json',
  'tsconfig.json',
  '.biome.json',
  '.gitignore',
];
/** What vitest writes of a run. */
const Report = z.object({ success: z.boolean(), numPassedTests: z.int() });

let checkout: string;
beforeAll(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'new-function-'));
  for (const part of PARTS) await cp(path.join(ROOT, part), path.join(checkout, part), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
});
afterAll(() => rm(checkout, { recursive: true }));

const run = (...words: readonly string[]) => execute(process.execPath, words, { cwd: checkout });
const newFunction = (...words: readonly string[]) => run('infra/commands/new-function.command.ts', ...words);

it('new functions work at once: their tests pass, the compiler takes them, and the table and the page have them', async () => {
  await newFunction(
    'block-player',
    '--room',
    'sessions',
    '--method',
    'POST',
    '--path',
    '/api/v1/players/{playerId}/block',
  );
  await newFunction('read-table', '--room', 'games', '--path', '/api/v1/tables/{tableId}/seats/{seatNumber}');
  await newFunction('mark-round', '--room', 'rounds', '--path', '/api/v1/rounds/{roundId}/mark');
  await newFunction('list-currencies', '--room', 'money', '--path', '/api/v1/currencies');
  await newFunction('close-day', '--room', 'reconciliation', '--trigger', 'daily');
  await newFunction('count-wins', '--room', 'events', '--trigger', 'domain-events');
  expect(await readFile(path.join(checkout, 'docs/api.md'), 'utf8')).toContain('| `GET /api/v1/currencies` ');

  const made = [
    'functions/sessions/block-player',
    'functions/games/read-table',
    'functions/rounds/mark-round',
    'functions/money/list-currencies',
    'functions/reconciliation/close-day',
    'functions/events/count-wins',
  ];
  const include = ['**/*.d.ts', ...made.map((folder) => `${folder}/*.ts`), 'functions/functions.ts'];
  await writeFile(
    path.join(checkout, 'made.json'),
    JSON.stringify({ extends: './tsconfig.json', include, exclude: ['node_modules'] }),
  );
  await run('node_modules/typescript/bin/tsc', '--project', 'made.json');
  await run('node_modules/@biomejs/biome/bin/biome', 'format', ...made, 'functions/functions.ts');

  const options = [
    '--config',
    'test/vitest.config.ts',
    '--project',
    'unit',
    '--reporter=json',
    '--outputFile=report',
  ];
  const held = [
    'test/architecture/functions.test.ts',
    'test/architecture/openapi.test.ts',
    'infra/stacks/rgs-stack.permissions.test.ts',
    'infra/stacks/rgs-stack.wiring.test.ts',
  ];
  await run('node_modules/vitest/vitest.mjs', 'run', ...options, ...made, ...held);
  const report = Report.parse(JSON.parse(await readFile(path.join(checkout, 'report'), 'utf8')));
  expect(report.success).toBe(true);
  expect(report.numPassedTests).toBeGreaterThan(8);
}, 300_000);

it.each([
  [
    'a name that is taken',
    ['play-spin', '--room', 'rounds', '--path', '/api/v1/new'],
    'There is a function play-spin already',
  ],
  [
    'a route that is taken',
    ['find-game', '--room', 'games', '--path', '/api/v1/rounds/{id}'],
    'get-round serves GET /api/v1/rounds/{roundId} already',
  ],
  [
    'a room that is not there',
    ['find-game', '--room', 'kitchen', '--path', '/api/v1/new'],
    'There is no room "kitchen"',
  ],
  [
    'a parameter that is there twice',
    ['find-game', '--room', 'games', '--path', '/api/v1/new/{id}/{id}'],
    'has a parameter twice',
  ],
  [
    'a name of one word',
    ['delete', '--room', 'games', '--path', '/api/v1/new'],
    'but takes lower-case words',
  ],
  ['a path outside the API', ['find-game', '--room', 'games', '--path', '/new'], 'but takes a path such as'],
])(
  '%s is refused, and nothing is written',
  async (_, words, reason) => {
    const before = await readdir(path.join(checkout, 'functions'), { recursive: true });
    await expect(newFunction(...words)).rejects.toThrow(reason);
    expect(await readdir(path.join(checkout, 'functions'), { recursive: true })).toEqual(before);
  },
  60_000,
);
