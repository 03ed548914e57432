import { type App, CfnResource, type Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { newCheckedApp } from './checked-app.ts';
import { stageSettings } from './stages.ts';
import { addStack } from './synthesise.ts';
import { placeholderBundles, temporaryDirectory } from './template.fixture.ts';

/** The stack of a stage behind an API, not synthesised yet. */
function checked(stage: string, api: 'http' | 'rest'): { app: App; stack: Stack } {
  const app = newCheckedApp(temporaryDirectory());
  const settings = stageSettings(stage, { api, alarmEmail: 'ops@example.com' });
  return { app, stack: addStack(app, settings, { bundlesDirectory: placeholderBundles() }) };
}

test.each(['http', 'rest'] as const)('cdk-nag finds nothing in production behind a %s API', (api) => {
  const { app } = checked('prod', api);
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

test.each([
  ['local', 'http'],
  ['dev', 'rest'],
  ['prod', 'http'],
] as const)('no check finds anything in the stage %s behind a %s API', (stage, api) => {
  const { app } = checked(stage, api);
  expect(app.synth().getStackByName(`rgs-${stage}`).template).toHaveProperty('Resources');
});

test('a public bucket that is planted fails the synthesis', () => {
  const { app, stack } = checked('prod', 'http');
  const blockPublicAccess = new BlockPublicAccess({ blockPublicAcls: false, blockPublicPolicy: false });
  new Bucket(stack, 'Planted', { blockPublicAccess, publicReadAccess: true });
  expect(() => app.synth()).toThrow(/rgs-prod\/Planted\/Resource .*\n.*AwsSolutions-S2/);
});

test('a property that CloudFormation would refuse fails the synthesis', () => {
  const { app, stack } = checked('local', 'http');
  const properties = { VisibilityTimeout: 'for ever', NoSuchProperty: 1 };
  new CfnResource(stack, 'Planted', { type: 'AWS::SQS::Queue', properties });
  expect(() => app.synth()).toThrow(/Planted/);
});
