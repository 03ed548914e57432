import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { FUNCTIONS } from './functions.ts';
import { stageSettings } from './stages.ts';
import { addStack, MissingBundlesError, newApp, synthesise } from './synthesise.ts';
import { placeholderBundles, temporaryDirectory } from './template.fixture.ts';

/** The stack of production behind an API, not synthesised yet. */
function production(api: 'http' | 'rest'): { app: App; stack: Stack } {
  const app = newApp(temporaryDirectory());
  const settings = stageSettings('prod', { api, alarmEmail: 'ops@example.com' });
  return { app, stack: addStack(app, settings, { bundlesDirectory: placeholderBundles() }) };
}

test.each(['http', 'rest'] as const)('cdk-nag finds nothing in production behind a %s API', (api) => {
  const { app } = production(api);
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

test('a public bucket that is planted fails the synthesis', () => {
  const { app, stack } = production('http');
  const blockPublicAccess = new BlockPublicAccess({ blockPublicAcls: false, blockPublicPolicy: false });
  new Bucket(stack, 'Planted', { blockPublicAccess, publicReadAccess: true });
  expect(() => app.synth()).toThrow(/rgs-prod\/Planted\/Resource .*\n.*AwsSolutions-S2/);
});

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
