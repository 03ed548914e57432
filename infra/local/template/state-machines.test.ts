import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../services/testing.ts';
import { TemplateError } from './error.ts';
import { readStack } from './read-stack.ts';

const HASH = 'a'.repeat(64);
const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'FUNCTION', 'Payload.$': '$' },
  End: true,
};

/** A machine with these states, whose definition names its function by an intrinsic function in its text. */
function read(StartAt: string, States: object, more: object = {}) {
  const [before, after] = JSON.stringify({ StartAt, States }).split('FUNCTION');
  const DefinitionString =
    after === undefined ? before : { 'Fn::Join': ['', [before, { 'Fn::GetAtt': ['Work', 'Arn'] }, after]] };
  const Resources = {
    Work: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: `${HASH}.zip` },
        Handler: 'handler.handler',
        Runtime: 'nodejs24.x',
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString, RoleArn: { 'Fn::GetAtt': ['Nobody', 'Arn'] }, ...more },
    },
  };
  const templatePath = join(temporaryFolder(), 'stack.template.json');
  writeFileSync(
    templatePath,
    JSON.stringify({ Resources, Outputs: { Machine: { Value: { Ref: 'Machine' } } } }),
  );
  return readStack({
    stackName: 'rgs-test',
    templatePath,
    assetDirectories: new Map([[HASH, '/code']]),
    apiUrl: 'http://127.0.0.1:8080',
    endpoints: { sqs: 'http://127.0.0.1:4566' },
  }).model;
}

describe('a state machine', () => {
  it('is found by its ARN, and its function by what the stack calls it', () => {
    const { stateMachines, outputs, functions } = read('Only', { Only: TASK }, { StateMachineName: 'runs' });
    const [machine] = stateMachines;
    expect(machine?.arn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:runs');
    expect(outputs).toEqual({ Machine: machine?.arn });
    expect([...(machine?.functionNames.values() ?? [])]).toEqual([functions[0]?.name]);
  });

  const { End: _, ...open } = TASK;
  it.each([
    [
      'a state of a type that is not run here',
      'UNSUPPORTED_PROPERTY',
      'A',
      { A: { Type: 'Wait', Seconds: 1, End: true } },
    ],
    ['an error that it would catch', 'UNSUPPORTED_PROPERTY', 'A', { A: { ...TASK, Catch: [] } }],
    [
      'a service that is not called here',
      'UNSUPPORTED_PROPERTY',
      'A',
      { A: { ...TASK, Resource: 'arn:aws:states:::sqs:sendMessage' } },
    ],
    ['a start that is not there', 'INVALID_TEMPLATE', 'B', { A: TASK }],
    ['a state that leads to none', 'INVALID_TEMPLATE', 'A', { A: { ...open, Next: 'B' } }],
    ['a state that neither leads on nor ends', 'INVALID_TEMPLATE', 'A', { A: open }],
    [
      'a function of another stack',
      'UNKNOWN_REFERENCE',
      'A',
      { A: { ...TASK, Parameters: { ...TASK.Parameters, FunctionName: 'other' } } },
    ],
  ])('with %s is refused, naming it', (_, code, start, states) => {
    expect(() => read(start, states)).toThrow(
      expect.objectContaining({ name: 'TemplateError', code, message: expect.stringMatching(/^Machine: /) }),
    );
  });

  it('that is an express one is refused', () => {
    expect(() => read('A', { A: TASK }, { StateMachineType: 'EXPRESS' })).toThrow(TemplateError);
  });
});
