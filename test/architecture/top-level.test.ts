import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** The product, then what a newcomer looks for at this place, then the settings of tools that read them only here. */
const ENTRIES = [
  'cdk.json',
  'docs',
  'engines',
  'functions',
  'infra',
  'localstack-compose.yml',
  'package.json',
  'README.md',
  'shared',
  'test',
  'tsconfig.json',

  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',

  '.biome.json',
  '.ci',
  '.editorconfig',
  '.github',
  '.gitignore',
  '.npmrc',
  '.nvmrc',
  'oxlint.config.ts',
  'package-lock.json',
];

it('the top level of the repository holds only the product, its front door and the settings of its tools', () => {
  const ignored = readFileSync(path.join(root, '.gitignore'), 'utf8').split('\n');
  const isOurs = (name: string) =>
    name !== '.git' && !ignored.includes(`${name}/`) && !ignored.includes(name) && !name.endsWith('.log');
  expect(readdirSync(root).filter((name) => isOurs(name) && !ENTRIES.includes(name))).toEqual([]);
});
