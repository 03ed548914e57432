import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let copy: string;

/** A copy of the lint rules with one planted file in it, so that nothing wrong ever stands in the real tree. */
async function lint(file: string, source: string): Promise<string> {
  const target = path.join(copy, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, source);
  const oxlint = path.join(root, 'node_modules/.bin/oxlint');
  const run = promisify(execFile)(oxlint, ['-c', '.oxlintrc.json', '-f', 'unix', file], { cwd: copy });
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  await rm(target);
  return stdout;
}

beforeAll(async () => {
  await mkdir(path.join(root, '.rgs'), { recursive: true });
  copy = await mkdtemp(path.join(root, '.rgs/lint-'));
  await cp(path.join(root, '.oxlintrc.json'), path.join(copy, '.oxlintrc.json'));
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

describe('the import rule', () => {
  it.each([
    ['shared/domain/planted.ts', '../ports/ledger.ts'],
    ['shared/domain/planted.ts', '../adapters/dynamodb/ledger.ts'],
    ['shared/domain/planted.ts', '@aws-sdk/client-dynamodb'],
    ['shared/domain/planted.ts', 'node:fs'],
    ['shared/ports/planted.ts', '../usecases/play-round.ts'],
    ['shared/usecases/planted.ts', '../adapters/dynamodb/ledger.ts'],
    ['shared/usecases/planted.ts', '../../functions/_runtime/composition.ts'],
    ['shared/adapters/dynamodb/planted.ts', '../../usecases/play-round.ts'],
    ['shared/engine-host/planted.ts', '../../functions/_runtime/composition.ts'],
    ['functions/play-spin/planted.ts', '../../shared/adapters/dynamodb/ledger.ts'],
    ['functions/play-spin/planted.ts', '../../infra/stages.ts'],
    ['infra/planted.ts', '../functions/_api/operations.ts'],
  ])('finds %s importing %s', async (file, imported) => {
    expect(await lint(file, `import * as planted from '${imported}';\nexport { planted };\n`)).toContain(
      'no-restricted-imports',
    );
  });

  it.each([
    ['shared/usecases/planted.ts', '../domain/round.ts'],
    ['shared/usecases/planted.ts', '../ports/ledger.ts'],
    ['shared/adapters/dynamodb/planted.ts', '../../ports/ledger.ts'],
    ['functions/_runtime/composition.ts', '../../shared/adapters/dynamodb/ledger.ts'],
  ])('lets %s import %s', async (file, imported) => {
    expect(await lint(file, `import * as planted from '${imported}';\nexport { planted };\n`)).not.toContain(
      'no-restricted-imports',
    );
  });
});

describe('the rule on time and randomness', () => {
  it.each(['Date.now()', 'Math.random()', 'performance.now()', 'crypto.randomUUID()'])(
    'finds %s in a use case',
    async (call) => {
      const lines = await lint('shared/usecases/planted.ts', `export const planted = () => ${call};\n`);
      expect(lines).toContain('no-restricted-properties');
    },
  );
});

describe('the rule on dropped promises', () => {
  it('is switched on with type information', async () => {
    const config = await import(path.join(root, '.oxlintrc.json'), { with: { type: 'json' } });
    expect(config.default.options.typeAware).toBe(true);
    expect(config.default.rules['typescript/no-floating-promises']).toBe('error');
  });
});
