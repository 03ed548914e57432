import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTIONS } from '../functions/functions.ts';
import { MissingBundlesError, synthesise } from './synthesise.ts';
import { placeholderBundles, temporaryDirectory } from './template.fixture.ts';

test('a synthesis tells where the template is and which folder each function would be uploaded from', () => {
  const outdir = temporaryDirectory();
  const { stackName, templatePath, assetDirectories } = synthesise('local', outdir, {
    bundlesDirectory: placeholderBundles(),
  });
  expect(stackName).toBe('rgs-local');
  expect(templatePath).toBe(join(outdir, 'rgs-local.template.json'));
  expect(assetDirectories.size).toBe(FUNCTIONS.length);
  for (const directory of assetDirectories.values()) expect(readdirSync(directory)).toEqual(['handler.mjs']);
});

test('a synthesis that lacks bundles fails once, and names each', () => {
  const options = { bundlesDirectory: temporaryDirectory() };
  expect(() => synthesise('local', temporaryDirectory(), options)).toThrow(MissingBundlesError);
  expect(() => synthesise('local', temporaryDirectory(), options)).toThrow(/launch-session, .*record-event/);
});
