import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_REGION } from './endpoints.ts';
import { type StepFunctions, startStepFunctions } from './step-functions.ts';

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:test';
let service: StepFunctions;
let client: SFNClient;

beforeAll(async () => {
  service = await startStepFunctions();
  client = new SFNClient({
    endpoint: service.endpoint,
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await service.stop();
});

const start = (name: string, input: unknown = {}) =>
  client.send(new StartExecutionCommand({ stateMachineArn: ARN, name, input: JSON.stringify(input) }));
const describeIt = (executionArn: string | undefined) =>
  client.send(new DescribeExecutionCommand({ executionArn }));

describe('an execution', () => {
  it('cannot be started before the machine is there', async () => {
    await expect(start('early')).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it('runs, and tells its output', async () => {
    const running = Promise.withResolvers<unknown>();
    service.serveStateMachines(
      new Map([[ARN, async (input) => ({ got: input, done: await running.promise })]]),
    );
    const { executionArn, startDate } = await start('good', { a: 1 });
    expect(executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:test:good');
    expect(await describeIt(executionArn)).toMatchObject({ status: 'RUNNING', startDate });
    running.resolve(true);
    await expect.poll(async () => (await describeIt(executionArn)).status).toBe('SUCCEEDED');
    const { output, stopDate, name } = await describeIt(executionArn);
    expect(JSON.parse(output ?? '')).toEqual({ got: { a: 1 }, done: true });
    expect(stopDate).toBeInstanceOf(Date);
    expect(name).toBe('good');
  });

  it('that fails tells its error and why', async () => {
    const failing = Object.assign(new Error('a shard failed'), { error: 'States.TaskFailed' });
    service.serveStateMachines(new Map([[ARN, () => Promise.reject(failing)]]));
    const { executionArn } = await start('bad');
    await expect.poll(async () => (await describeIt(executionArn)).status).toBe('FAILED');
    expect(await describeIt(executionArn)).toMatchObject({
      error: 'States.TaskFailed',
      cause: 'a shard failed',
    });
  });

  it('is started once under a name: again with the same input while it runs, never with another or afterwards', async () => {
    const running = Promise.withResolvers<unknown>();
    let runs = 0;
    const run = () => {
      runs += 1;
      return running.promise;
    };
    service.serveStateMachines(new Map([[ARN, run]]));
    const { executionArn } = await start('once', { a: 1 });
    expect((await start('once', { a: 1 })).executionArn).toBe(executionArn);
    await expect(start('once', { a: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    running.resolve(null);
    await expect.poll(async () => (await describeIt(executionArn)).status).toBe('SUCCEEDED');
    await expect(start('once', { a: 1 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(runs).toBe(1);
  });

  it('takes no input that is not JSON or longer than Step Functions takes', async () => {
    const command = (input: string) => new StartExecutionCommand({ stateMachineArn: ARN, input });
    await expect(client.send(command('{'))).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(client.send(command(`"${'a'.repeat(262_144)}"`))).rejects.toThrow();
  });

  it('that was never started cannot be described', async () => {
    await expect(describeIt(`${ARN}:none`)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  });
});
