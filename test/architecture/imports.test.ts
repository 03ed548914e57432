import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLOORS, INNER_FOLDERS } from '../../oxlint.config.ts';
import { page, tableUnder } from '../docs/pages.ts';
import { circlesAmong, type Import, importsOf, sourceFiles } from './import-graph.ts';

const root = path.resolve(import.meta.dirname, '../..');
let copy: string;

interface Planted {
  readonly file: string;
  readonly source: string;
}

/**
 * Lints planted files beside a copy of the rules, so that nothing wrong ever stands in the real tree.
 * @returns for each planted file the rules that it breaks
 */
async function brokenRules(planted: readonly Planted[]): Promise<string[][]> {
  const numbered = planted.map(({ file, source }, index) => ({
    file: file.replace('planted', `planted-${index}`),
    source,
  }));
  for (const { file, source } of numbered) {
    const target = path.join(copy, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, source);
  }
  const oxlint = path.join(root, 'node_modules/.bin/oxlint');
  const files = numbered.map(({ file }) => file);
  const run = promisify(execFile)(oxlint, ['-c', 'oxlint.config.ts', '-f', 'unix', ...files], { cwd: copy });
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  await Promise.all(files.map((file) => rm(path.join(copy, file))));
  return files.map((file) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith(`${file}:`))
      .map((line) => /\(([\w-]+)\)\]$/.exec(line)?.[1] ?? line),
  );
}

beforeAll(async () => {
  await mkdir(path.join(root, '.rgs'), { recursive: true });
  copy = await mkdtemp(path.join(root, '.rgs/lint-'));
  await cp(path.join(root, 'oxlint.config.ts'), path.join(copy, 'oxlint.config.ts'));
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

const importing = (file: string, imported: string): Planted => ({
  file,
  source: `import type { Planted } from '${imported}';\nexport type Again = Planted;\n`,
});

/** Each rule, with imports that break it. */
const WRONG: Readonly<Record<string, readonly (readonly [file: string, imported: string])[]>> = {
  'a room does not import a higher room': [
    ['shared/money/planted.ts', '../rounds/round.ts'],
    ['shared/sessions/planted.ts', '../rounds/ledger.ts'],
    ['shared/rounds/planted.ts', '../archive/archive.ts'],
    ['shared/archive/adapters/planted.ts', '../../reconciliation/reconciliation.ts'],
    ['shared/sessions/planted.test.ts', '../rounds/rounds.fixture.ts'],
  ],
  'a room does not import a room on its own floor': [
    ['shared/engines/planted.ts', '../wallets/wallet.ts'],
    ['shared/archive/planted.ts', '../simulation/report.ts'],
  ],
  'a root file does not import an adapter': [
    ['shared/rounds/planted.ts', './adapters/ledger.ts'],
    ['shared/engines/planted.ts', './host/engine-host.ts'],
    ['shared/engines/planted.ts', './grpc/remote-engine.ts'],
    ['shared/rounds/planted.ts', '../engines/host/engine-host.ts'],
    ['shared/rounds/planted.ts', '../aws/document-client.ts'],
    ['shared/rounds/planted.ts', '@aws-sdk/client-dynamodb'],
    ['shared/rounds/planted.ts', 'node:fs'],
    ['shared/rounds/planted.ts', 'node:http'],
  ],
  'an adapter does not import an adapter of another room': [
    ['shared/archive/adapters/planted.ts', '../../rounds/adapters/round-codec.ts'],
    ['shared/rounds/adapters/planted.ts', '../../engines/host/engine-host.ts'],
  ],
  'an inner folder imports only those beside it that stand below': [
    ['shared/engines/grpc/planted.ts', '../host/loaded-engine.ts'],
    ['shared/engines/host/planted.ts', '../publishing/instrument.ts'],
  ],
  'shared/ imports nothing outside': [
    ['shared/rounds/planted.ts', '../../functions/_runtime/composition.ts'],
    ['shared/rounds/adapters/planted.ts', '../../../infra/stages.ts'],
    ['shared/engines/planted.test.ts', '../../engines/built-engine.ts'],
    ['shared/rounds/adapters/planted.test.ts', '../../../test/contracts/local-services.ts'],
    ['shared/aws/planted.fixture.ts', '../../infra/local/stack.ts'],
  ],
  'functions import shared/ and each other only': [
    ['functions/rounds/play-spin/planted.ts', '../../../infra/stages.ts'],
    ['functions/rounds/play-spin/planted.test.ts', '../../../infra/demo-wallet/server.ts'],
    ['functions/_runtime/planted.ts', '../../test/contracts/local-services.ts'],
    ['functions/rounds/play-spin/planted.ts', '../../../shared/rounds/adapters/ledger.ts'],
    ['functions/rounds/play-spin/planted.ts', '../../../shared/aws/document-client.ts'],
    ['functions/rounds/play-spin/planted.ts', '@aws-sdk/client-sqs'],
  ],
  'engines import shared/ only': [
    ['engines/planted.ts', '../infra/commands/run-command.ts'],
    ['engines/sdk/planted.test.ts', '../../functions/_runtime/composition.ts'],
    ['engines/certification/planted.ts', '../../infra/commands/deployment.ts'],
  ],
  'infra reads the table of functions and names their code by path': [
    ['infra/planted.ts', '../functions/_api/openapi.ts'],
    ['infra/stacks/planted.ts', '../../functions/_runtime/environment.ts'],
    ['infra/constructs/planted.ts', '../../functions/rounds/play-spin/function.ts'],
    ['infra/commands/planted.ts', '../../functions/rounds/play-spin/handler.ts'],
    ['infra/commands/reconcile-planted.ts', '../../functions/_api/round-record.ts'],
  ],
  'the entry of a function is data': [
    ['functions/planted.ts', './_runtime/composition.ts'],
    ['functions/planted.ts', './rounds/play-spin/handler.ts'],
    ['functions/rounds/play-spin/function.ts', './handler.ts'],
    ['functions/rounds/play-spin/function.ts', '../../_runtime/environment.ts'],
    ['functions/rounds/play-spin/function.ts', '../../../infra/stages.ts'],
    ['functions/rounds/planted-entry.ts', '../../shared/rounds/adapters/ledger.ts'],
    ['functions/rounds/planted-entry.ts', 'node:fs'],
  ],
};

const RIGHT: readonly (readonly [file: string, imported: string])[] = [
  ['shared/rounds/planted.ts', '../sessions/session.ts'],
  ['shared/rounds/planted.ts', './round.ts'],
  ['shared/rounds/adapters/planted.ts', '../round.ts'],
  ['shared/rounds/adapters/planted.ts', './round-codec.ts'],
  ['shared/rounds/adapters/planted.ts', '../../aws/document-client.ts'],
  ['shared/rounds/adapters/planted.ts', '@aws-sdk/client-dynamodb'],
  ['shared/rounds/planted.test.ts', './adapters/memory-ledger.ts'],
  ['shared/engines/publishing/planted.ts', '../host/engine-host.ts'],
  ['functions/_runtime/composition.ts', '../../shared/rounds/adapters/ledger.ts'],
  ['functions/rounds/play-spin/planted.ts', '../../../shared/engines/engines.ts'],
  ['functions/rounds/play-spin/function.ts', '../../_api/requests.ts'],
  ['functions/planted.ts', './rounds/play-spin/function.ts'],
  ['infra/stacks/planted.ts', '../../functions/functions.ts'],
  ['infra/constructs/planted.ts', '../../functions/function-entry.ts'],
  ['infra/commands/planted.ts', '../../shared/rounds/adapters/ledger.ts'],
  ['engines/planted.ts', '../shared/engines/host/engine-host.ts'],
];

describe('the linter', () => {
  it.each(Object.entries(WRONG))('enforces that %s', async (_, imports) => {
    const broken = await brokenRules(imports.map(([file, imported]) => importing(file, imported)));
    const passed = imports.filter((_import, index) => !broken[index]?.includes('no-restricted-imports'));
    expect(passed).toEqual([]);
  });

  it('lets the other imports pass', async () => {
    const broken = await brokenRules(RIGHT.map(([file, imported]) => importing(file, imported)));
    const refused = RIGHT.filter((_import, index) => broken[index]?.includes('no-restricted-imports'));
    expect(refused).toEqual([]);
  });

  it('refuses a clock, a random source and the environment in pure code', async () => {
    const calls = [
      'Date.now()',
      'Math.random()',
      'performance.now()',
      'crypto.randomUUID()',
      "process.env['HOME']",
    ];
    const planted = calls.map((call) => ({
      file: 'shared/rounds/planted.ts',
      source: `export const planted = () => ${call};\n`,
    }));
    const broken = await brokenRules(planted);
    expect(broken.map((rules) => rules.includes('no-restricted-properties'))).toEqual(calls.map(() => true));
  });

  it('finds dropped promises, for which it needs type information', async () => {
    const { default: config } = await import('../../oxlint.config.ts');
    expect(config.options.typeAware).toBe(true);
    expect(config.rules['typescript/no-floating-promises']).toBe('error');
  });
});

describe('the imports of the whole project', () => {
  const imports: Import[] = [];
  beforeAll(async () => {
    for (const file of await sourceFiles(root)) imports.push(...(await importsOf(root, file)));
  });

  const roomOf = (file: string) => /^shared\/([a-z-]+)\//.exec(file)?.[1];
  const floorOf = (room: string) => FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));

  it('are all read, type-only ones included', () => {
    expect(imports).toContainEqual({
      from: 'shared/sessions/launch-session.ts',
      to: 'shared/sessions/session.ts',
    });
    expect(imports.length).toBeGreaterThan(2_000);
  });

  it('form no circle', () => {
    expect(circlesAmong(imports)).toEqual([]);
  });

  it('lead from no room to a higher one, nor to another one on the same floor', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [room, imported] = [roomOf(from), roomOf(to)];
      if (room === undefined || imported === undefined || room === imported) return false;
      // All adapters stand on this room, whichever floor their own room is on.
      if (imported === 'aws' && from.split('/').length > 3) return false;
      return floorOf(imported) >= floorOf(room);
    });
    expect(wrong).toEqual([]);
  });

  it('lead out of shared/ nowhere', () => {
    expect(imports.filter(({ from, to }) => roomOf(from) && !to.startsWith('shared/'))).toEqual([]);
  });

  it('are those of rooms and folders that the table of floors names', async () => {
    const folders = new Set(
      (await sourceFiles(root)).flatMap((file) => {
        const [top, room, inner, ...rest] = file.split('/');
        return top === 'shared' ? [`${room}${rest.length > 0 ? `/${inner}` : ''}`] : [];
      }),
    );
    const known = FLOORS.flat().flatMap((room) => [
      room,
      ...Object.keys(INNER_FOLDERS).map((folder) => `${room}/${folder}`),
    ]);
    expect([...folders].filter((folder) => !known.includes(folder))).toEqual([]);
  });
});

it('docs/development.md shows the floors of the lint configuration', () => {
  const shown = tableUnder(page('docs/development.md'), 'Imports').map(([floor, rooms]) => [floor, rooms]);
  expect(shown).toEqual(FLOORS.map((rooms, index) => [String(index + 1), rooms.join(', ')]));
});
