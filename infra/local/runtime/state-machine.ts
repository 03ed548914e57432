import pMap, { pMapSkip } from 'p-map';
import type { StateMachineModel } from '../model.ts';
import type { MapState, Retrier, TaskState } from '../template/states-language.ts';
import { type InvocationResult, type Invoke, THROTTLED } from './invocation.ts';

/** Why an execution failed: the error's name, as retriers know it, and what is said of it. */
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
  { definition, functionNames }: Pick<StateMachineModel, 'definition' | 'functionNames'>,
  input: unknown,
  ports: StateMachinePorts,
): Promise<unknown> {
  const running = new Execution(functionNames, ports).states(definition, input);
  const { TimeoutSeconds } = definition;
  return TimeoutSeconds === undefined ? running : Promise.race([running, endAfter(TimeoutSeconds, ports)]);
}

async function endAfter(seconds: number, { sleep }: StateMachinePorts): Promise<never> {
  await sleep(seconds * 1_000);
  throw new ExecutionError('States.Timeout', `The execution took longer than ${seconds} s`);
}

interface Workflow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, TaskState | MapState>>;
}

class Execution {
  readonly #functionNames: ReadonlyMap<string, string>;
  readonly #ports: StateMachinePorts;

  constructor(functionNames: ReadonlyMap<string, string>, ports: StateMachinePorts) {
    this.#functionNames = functionNames;
    this.#ports = ports;
  }

  /** From the first state to an end; each gets what the one before it made. */
  async states({ StartAt, States }: Workflow, input: unknown): Promise<unknown> {
    let data = input;
    for (let name: string | undefined = StartAt; name !== undefined; ) {
      const state: TaskState | MapState | undefined = States[name];
      if (!state) throw new ExecutionError('States.Runtime', `There is no state ${name}`);
      data = state.Type === 'Task' ? await this.#task(state, data) : await this.#map(state, data);
      name = state.End ? undefined : state.Next;
    }
    return data;
  }

  async #task(state: TaskState, input: unknown): Promise<unknown> {
    const retries = state.Retry.map(() => 0);
    for (;;) {
      const result = await this.#invoke(state, input);
      if (result.ok) {
        // What the integration with Lambda answers.
        const answer = { ExecutedVersion: '$LATEST', Payload: result.payload, StatusCode: 200 };
        return state.OutputPath === null ? {} : valueAt(answer, state.OutputPath);
      }
      const error = errorNameOf(result.error.errorType);
      const index = state.Retry.findIndex(
        ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
      );
      const retrier = state.Retry[index];
      const attempt = retries[index] ?? 0;
      if (!retrier || attempt >= retrier.MaxAttempts)
        throw new ExecutionError(error, JSON.stringify(result.error));
      retries[index] = attempt + 1;
      await this.#ports.sleep(delayMsOf(retrier, attempt, this.#ports.random));
    }
  }

  #invoke({ Parameters }: TaskState, input: unknown): Promise<InvocationResult> {
    const { FunctionName } = Parameters;
    const name = this.#functionNames.get(FunctionName) ?? FunctionName;
    return this.#ports.invoke(name, valueAt(input, Parameters['Payload.$']));
  }

  /** The first item that fails ends it: no other one begins, and those that run are waited for. */
  async #map(state: MapState, input: unknown): Promise<unknown> {
    const items = await this.#items(state, input);
    let failed = false;
    const work = async (item: unknown) => {
      if (failed) return pMapSkip;
      try {
        return await this.states(state.ItemProcessor, selected(state.ItemSelector, input, item));
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

  async #items({ ItemReader }: MapState, input: unknown): Promise<unknown[]> {
    const { Bucket, 'Key.$': keyPath } = ItemReader.Parameters;
    const key = String(valueAt(input, keyPath));
    const items = await this.#ports
      .readObject(Bucket, key)
      .then(JSON.parse)
      .catch((error: unknown) => {
        throw new ExecutionError('States.ItemReaderFailed', `${key}: ${String(error)}`);
      });
    if (Array.isArray(items)) return items;
    throw new ExecutionError('States.ItemReaderFailed', `${key} holds no list`);
  }
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
