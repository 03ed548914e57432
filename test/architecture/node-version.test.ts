import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const read = (name: string) => readFileSync(path.resolve(import.meta.dirname, '../..', name), 'utf8');
const CHECK = path.resolve(import.meta.dirname, '../../infra/local/check-node.js');
const major = Number(read('.nvmrc').trim());
const { engines, devDependencies } = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
};

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Runs the check of `npm start` under a Node that says it is `version`. */
async function checkUnder(version: string) {
  const exit = vi.fn();
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.stubGlobal('process', { versions: { node: version }, exit });
  await import(CHECK);
  return { codes: exit.mock.calls.flat(), said: said.mock.calls.flat().join('\n') };
}

it('.nvmrc, the engines of package.json and the Node that npm ci installs are of one major version', () => {
  expect(Number.isInteger(major)).toBe(true);
  expect(engines.node).toBe(`>=${major}`);
  expect(devDependencies['node']).toMatch(new RegExp(`^${major}\\.\\d+\\.\\d+$`));
});

it('npm start refuses a Node below that major version, and names the version that is needed', async () => {
  const { codes, said } = await checkUnder(`${major - 1}.99.9`);
  expect(codes).toEqual([1]);
  expect(said).toContain(`Node ${major - 1}.99.9 is too old: ${major} is needed.`);
});

it.each([`${major}.0.0`, `${major + 1}.2.3`])('npm start accepts Node %s', async (version) => {
  expect(await checkUnder(version)).toEqual({ codes: [], said: '' });
});
