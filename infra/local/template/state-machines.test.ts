import { describe, expect, it } from 'vitest';
import { TemplateError } from './error.ts';
import { FUNCTION, read as readSmall } from './small-stack.fixture.ts';

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
  const Machine = {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { DefinitionString, RoleArn: { 'Fn::GetAtt': ['Nobody', 'Arn'] }, ...more },
  };
  return readSmall({ Work: FUNCTION, Machine }, { Outputs: { Machine: { Value: { Ref: 'Machine' } } } })
    .model;
}

describe('a state machine', () => {
  it('is found by its ARN, and its function by what the stack calls it', () => {
    const { stateMachines, outputs, functions } = read('Only', { Only: TASK }, { StateMachineName: 'runs' });
    const [machine] = stateMachines;
    expect(machine?.arn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:runs');
    expect(outputs).toEqual({ Machine: machine?.arn });
    expect(machine?.definition.States['Only']).toMatchObject({
      Parameters: { FunctionName: functions[0]?.name },
    });
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
