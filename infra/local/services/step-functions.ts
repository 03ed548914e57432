import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, operation, parseJson, startAwsJson } from './aws-json.ts';
import type { RunningService } from './loopback.ts';

/** Runs one execution; what it rejects with has the `error` that the execution fails with. */
export type RunExecution = (input: unknown) => Promise<unknown>;

export interface StepFunctions extends RunningService {
  /** Lets executions of these state machines be started, by ARN; until then there are none. */
  serveStateMachines(machines: ReadonlyMap<string, RunExecution>): void;
}

interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
  /** In seconds, as the protocol has them. */
  readonly startDate: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
}

/** AWS's own limit, in characters. */
const MAX_INPUT = 262_144;
const startInput = z.object({
  stateMachineArn: z.string(),
  name: z
    .string()
    .regex(/^[\w-]{1,80}$/)
    .default(() => randomUUID()),
  input: z.string().max(MAX_INPUT).default('{}'),
});
const describeInput = z.object({ executionArn: z.string() });

/** Starts executions and tells how they stand, over Step Functions' protocol. Executions are forgotten with the process. */
export async function startStepFunctions(): Promise<StepFunctions> {
  let machines: ReadonlyMap<string, RunExecution> = new Map();
  const executions = new Map<string, Execution>();
  const service = await startAwsJson({
    targetPrefix: 'AWSStepFunctions',
    operations: {
      StartExecution: operation(startInput, ({ stateMachineArn, name, input }) => {
        const run = machines.get(stateMachineArn);
        if (!run)
          throw new AwsError(
            'StateMachineDoesNotExist',
            `State Machine Does Not Exist: '${stateMachineArn}'`,
          );
        const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
        const known = executions.get(executionArn);
        if (known) return repeated(known, input);
        const data = parseJson(input, 'InvalidExecutionInput');
        const startDate = Date.now() / 1_000;
        const execution: Execution = {
          executionArn,
          stateMachineArn,
          name,
          input,
          startDate,
          status: 'RUNNING',
        };
        executions.set(executionArn, execution);
        void settle(execution, run(data));
        return { executionArn, startDate };
      }),
      DescribeExecution: operation(describeInput, ({ executionArn }) => {
        const execution = executions.get(executionArn);
        if (execution) return execution;
        throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      }),
    },
  });
  return { ...service, serveStateMachines: (served) => void (machines = served) };
}

async function settle(execution: Execution, running: Promise<unknown>): Promise<void> {
  try {
    execution.output = JSON.stringify(await running) ?? 'null';
    execution.status = 'SUCCEEDED';
  } catch (thrown) {
    const { error = 'States.Runtime', message } = thrown as { error?: string; message?: string };
    execution.error = error;
    execution.cause = message ?? String(thrown);
    execution.status = error === 'States.Timeout' ? 'TIMED_OUT' : 'FAILED';
  }
  execution.stopDate = Date.now() / 1_000;
}

/** Starting the same execution again is no error for as long as it runs. */
function repeated({ executionArn, startDate, status, input: first }: Execution, input: string) {
  if (status === 'RUNNING' && first === input) return { executionArn, startDate };
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
}
