import { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, it } from 'vitest';
import { stageSettings } from '../stages.ts';
import { newApp } from '../synthesise.ts';
import { temporaryDirectory } from '../template.fixture.ts';
import type { Resources } from './resources.ts';
import { connect } from './triggers.ts';

interface Rules {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: { Targets?: readonly unknown[] } }>
  >;
}

it.each(['daily', 'domain-events'] as const)('one rule starts all functions of the trigger %s', (kind) => {
  const app = newApp(temporaryDirectory());
  const stack = new Stack(app, 'stack');
  const resources = {
    bus: new EventBus(stack, 'Bus'),
    queues: { dailyDeadLetters: new Queue(stack, 'Daily-'), eventDeadLetters: new Queue(stack, 'Events-') },
  } as unknown as Resources;
  for (const name of ['first', 'second']) {
    const code = Code.fromInline('exports.handler = async () => {};');
    const target = new LambdaFunction(stack, name, {
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    connect(stack, kind, target, resources, stageSettings('local'));
  }
  const { Resources: made } = app.synth().getStackByName('stack').template as Rules;
  const rules = Object.values(made).filter(({ Type }) => Type === 'AWS::Events::Rule');
  expect(rules.map(({ Properties }) => Properties.Targets?.length)).toEqual([2]);
});
