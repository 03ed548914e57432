import { beforeAll, describe, expect, test } from 'vitest';
import {
  functionName,
  type Json,
  readable,
  resource,
  type Template,
  templateOf,
} from '../template.fixture.ts';

let template: Template;
let machine: Json;
beforeAll(() => {
  template = templateOf('prod');
  const { Properties } = resource(template, 'AWS::StepFunctions::StateMachine', 'SimulationsStateMachine');
  machine = { ...Properties, definition: JSON.parse(written(Properties.DefinitionString)) };
}, 60_000);

/** The definition is text with references in it. Each reference is replaced by its value, and a function by its own name. */
function written({ 'Fn::Join': [separator, parts] }: Json): string {
  return parts
    .map((part: Json) =>
      typeof part === 'string'
        ? part
        : part['Fn::GetAtt']
          ? (functionName(template, part) ?? readable(part))
          : readable(part),
    )
    .join(separator);
}

describe('a simulation beyond one machine', () => {
  test('is a distributed map over its shards, then their merge', () => {
    const { StartAt, States, TimeoutSeconds } = machine.definition;
    expect(StartAt).toBe('Shards');
    expect(Object.keys(States)).toEqual(['Shards', 'Merge']);
    expect(States.Shards).toMatchObject({ Type: 'Map', ResultPath: null, Next: 'Merge' });
    // A map could not hold the answers of a thousand shards, so a shard answers nothing.
    expect(States.Shards.ItemProcessor.States.Simulate).toMatchObject({ OutputPath: null });
    expect(States.Shards.ItemProcessor.ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'STANDARD',
    });
    expect(TimeoutSeconds).toBe(86_400);
  });

  test('reads its shards from an object, because an execution could hold only a few thousand', () => {
    const { ItemReader, ItemSelector } = machine.definition.States.Shards;
    expect(ItemReader).toEqual({
      Resource: 'arn:AWS::Partition:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: 'BucketsSimulations', 'Key.$': '$.shardsKey' },
    });
    expect(ItemSelector).toEqual({
      'simulationId.$': '$.simulationId',
      'engineHash.$': '$.engineHash',
      'seed.$': '$.seed',
      'mode.$': '$.mode',
      'partRounds.$': '$.partRounds',
      'first.$': '$$.Map.Item.Value.first',
      'rounds.$': '$$.Map.Item.Value.rounds',
    });
  });

  test('invokes one function for each shard and one for all of them', () => {
    const { Shards, Merge } = machine.definition.States;
    const { Simulate } = Shards.ItemProcessor.States;
    expect(Simulate.Parameters).toEqual({ FunctionName: 'simulate-shard', 'Payload.$': '$' });
    expect(Merge.Parameters).toEqual({ FunctionName: 'merge-simulation', 'Payload.$': '$' });
    for (const state of [Simulate, Merge])
      expect(state).toMatchObject({
        Type: 'Task',
        Resource: 'arn:AWS::Partition:states:::lambda:invoke',
        End: true,
      });
  });

  test('runs no more shards at once than the stage says, and tolerates no failure', () => {
    const { Shards } = machine.definition.States;
    expect(Shards.MaxConcurrency).toBe(100);
    expect(Object.keys(Shards).filter((name) => name.startsWith('Tolerated'))).toEqual([]);
    expect(Shards.Catch).toBeUndefined();
  });

  test('repeats failures that may pass by themselves, ever more slowly, and never a failure of an engine', () => {
    const { Shards, Merge } = machine.definition.States;
    for (const { Retry } of [Shards.ItemProcessor.States.Simulate, Merge]) {
      expect(Retry).toHaveLength(1);
      expect(Retry[0]).toMatchObject({
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        MaxAttempts: 8,
        JitterStrategy: 'FULL',
      });
      expect(Retry[0].ErrorEquals).toContain('DependencyError');
      expect(Retry[0].ErrorEquals).toContain('Lambda.TooManyRequestsException');
      expect(Retry[0].ErrorEquals).not.toContain('EngineError');
      expect(Retry[0].ErrorEquals).not.toContain('States.ALL');
    }
  });

  test('leaves nothing behind for longer than the stage says', () => {
    const { LifecycleConfiguration } = resource(template, 'AWS::S3::Bucket', 'BucketsSimulations').Properties;
    expect(LifecycleConfiguration.Rules).toEqual([{ ExpirationInDays: 30, Status: 'Enabled' }]);
  });
});
