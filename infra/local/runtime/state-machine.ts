import pMap, { pMapSkip } from 'p-map';
import type { Definition, MapState, Retrier, TaskState, Workflow } from '../template/states-language.ts';
import { type Invoke, THROTTLED } from './invocation.ts';

/** An execution failed: `error` is the name that retriers know, and the message says why. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

export interface StateMachinePorts {
  readonly invoke: Invoke;
  /** The text of an object. */
  readonly readObject: (bucket: string, key: string) => Promise<string>;
  readonly sleep: (ms: number) => Promise<void>;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

/** Of what a state takes or answers, also where it is dropped. */
const MAX_DATA_BYTES = 262_144;

/** Runs one execution of a state machine. @throws ExecutionError */
export async function runStateMachine(
  definition: Definition,
  input: unknown,
  ports: StateMachinePorts,
): Promise<unknown> {
  const running = runStates(definition, input, ports);
  const { TimeoutSeconds } = definition;
  return TimeoutSeconds === undefined ? running : Promise.race([running, endAfter(TimeoutSeconds, ports)]);
}

async function endAfter(seconds: number, { sleep }: StateMachinePorts): Promise<never> {
  await sleep(seconds * 1_000);
  throw new ExecutionError('States.Timeout', `The execution took longer than ${seconds} s`);
}

/** From the first state to an end; each gets what the one before it made. */
async function runStates(
  { StartAt, States }: Workflow,
  input: unknown,
  ports: StateMachinePorts,
): Promise<unknown> {
  let data = input;
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    // The reader of the template has checked that each state leads to one that is there.
    const state = States[name] as TaskState | MapState;
    data = state.Type === 'Task' ? await runTask(state, data, ports) : await runMap(state, data, ports);
    name = state.End ? undefined : state.Next;
  }
  return data;
}

async function runTask(state: TaskState, input: unknown, ports: StateMachinePorts): Promise<unknown> {
  const { Parameters, OutputPath, Retry } = state;
  const retries = Retry.map(() => 0);
  for (;;) {
    const result = await ports.invoke(Parameters.FunctionName, valueAt(input, Parameters['Payload.$']));
    if (result.ok) {
      // The integration with Lambda answers this.
      const answer = { ExecutedVersion: '$LATEST', Payload: result.payload, StatusCode: 200 };
      return OutputPath === null ? {} : valueAt(answer, OutputPath);
    }
    const error = errorNameOf(result.error.errorType);
    const index = Retry.findIndex(
      ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
    );
    const retrier = Retry[index];
    const attempt = retries[index] ?? 0;
    if (!retrier || attempt >= retrier.MaxAttempts)
      throw new ExecutionError(error, JSON.stringify(result.error));
    retries[index] = attempt + 1;
    await ports.sleep(delayMsOf(retrier, attempt, ports.random));
  }
}

/** The first item that fails ends it: no other one begins, and those that run are waited for. */
async function runMap(state: MapState, input: unknown, ports: StateMachinePorts): Promise<unknown> {
  const items = await itemsOf(state, input, ports);
  let failed = false;
  const work = async (item: unknown) => {
    if (failed) return pMapSkip;
    try {
      return await runStates(state.ItemProcessor, selected(state.ItemSelector, input, item), ports);
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      failed = true;
      return pMapSkip;
    }
  };
  const answers = await pMap(items, work, { concurrency: state.MaxConcurrency });
  if (failed)
    throw new ExecutionError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  if (Buffer.byteLength(JSON.stringify(answers)) > MAX_DATA_BYTES)
    throw new ExecutionError('States.DataLimitExceeded', 'The answers of the items are too large together');
  return input;
}

async function itemsOf({ ItemReader }: MapState, input: unknown, ports: StateMachinePorts) {
  const { Bucket, 'Key.$': keyPath } = ItemReader.Parameters;
  const key = String(valueAt(input, keyPath));
  const items = await ports
    .readObject(Bucket, key)
    .then(JSON.parse)
    .catch((error: unknown) => {
      throw new ExecutionError('States.ItemReaderFailed', `${key}: ${String(error)}`);
    });
  if (Array.isArray(items)) return items as unknown[];
  throw new ExecutionError('States.ItemReaderFailed', `${key} holds no list`);
}

function selected(
  selector: MapState['ItemSelector'],
  input: unknown,
  item: unknown,
): Record<string, unknown> {
  const ofItem = '$$.Map.Item.Value';
  return Object.fromEntries(
    Object.entries(selector).map(([name, path]) => [
      name.slice(0, -'.$'.length),
      path.startsWith(ofItem) ? valueAt(item, `$${path.slice(ofItem.length)}`) : valueAt(input, path),
    ]),
  );
}

/** @throws ExecutionError where nothing is there, as Step Functions does */
function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const name of path.split('.').slice(1)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      throw new ExecutionError('States.Runtime', `The path ${path} could not be found in the input`);
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A refusal of Lambda itself has its service's name before it; an error of the function has its own. */
function errorNameOf(errorType: string): string {
  return errorType === THROTTLED ? `Lambda.${THROTTLED}` : errorType;
}

function delayMsOf(retrier: Retrier, attempt: number, random: () => number): number {
  const seconds = Math.min(
    retrier.IntervalSeconds * retrier.BackoffRate ** attempt,
    retrier.MaxDelaySeconds ?? Infinity,
  );
  return 1_000 * seconds * (retrier.JitterStrategy === 'FULL' ? random() : 1);
}
