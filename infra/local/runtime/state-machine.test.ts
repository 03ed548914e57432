import { describe, expect, it } from 'vitest';
import { Definition } from '../template/states-language.ts';
import { failure, type InvocationResult, THROTTLED } from './invocation.ts';
import { runStateMachine, type StateMachinePorts } from './state-machine.ts';

const RETRY = [
  {
    ErrorEquals: ['DependencyError', 'Lambda.TooManyRequestsException'],
    IntervalSeconds: 2,
    MaxAttempts: 3,
    MaxDelaySeconds: 6,
  },
];
const task = (FunctionName: string, more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName, 'Payload.$': '$' },
  Retry: RETRY,
  ...more,
});
const definition = Definition.parse({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: 'lists', 'Key.$': '$.key' },
      },
      ItemSelector: { 'run.$': '$.run', 'first.$': '$$.Map.Item.Value.first' },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'One',
        States: { One: task('one', { OutputPath: null, End: true }) },
      },
      MaxConcurrency: 3,
      ResultPath: null,
      Next: 'All',
    },
    All: task('all', { OutputPath: '$.Payload', End: true }),
  },
});
const INPUT = { key: 'list.json', run: 'r1' };

interface Seen {
  readonly calls: { name: string; event: unknown }[];
  readonly slept: number[];
  mostAtOnce: number;
}

type Answer = (name: string, event: unknown, call: number) => InvocationResult;

function world(items: unknown, answer: Answer) {
  const { seen, ports } = worldOf(items, answer);
  return {
    seen,
    run: (input: unknown = INPUT) => runStateMachine(definition, input, ports),
  };
}

function worldOf(items: unknown, answer: Answer) {
  const seen: Seen = { calls: [], slept: [], mostAtOnce: 0 };
  let running = 0;
  const ports: StateMachinePorts = {
    async invoke(name, event) {
      seen.calls.push({ name, event });
      running += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, running);
      const result = answer(name, event, seen.calls.length);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return result;
    },
    readObject: async (bucket, key) => {
      if (`${bucket}/${key}` !== 'lists/list.json') throw new Error('NoSuchKey');
      return JSON.stringify(items);
    },
    sleep: async (ms) => void seen.slept.push(ms),
    random: () => 0.5,
  };
  return { seen, ports };
}

const ok = (payload: unknown): InvocationResult => ({ ok: true, payload });
const list = (length: number) => Array.from({ length }, (_, first) => ({ first }));

describe('a distributed map', () => {
  it('runs its items, no more at once than it may, and then what follows on the untouched input', async () => {
    const { seen, run } = world(list(20), (name) => ok(name));
    expect(await run()).toBe('all');
    const ones = seen.calls.filter(({ name }) => name === 'one').map(({ event }) => event);
    expect(ones).toEqual(list(20).map(({ first }) => ({ run: 'r1', first })));
    expect(seen.calls.at(-1)).toEqual({ name: 'all', event: INPUT });
    expect(seen.mostAtOnce).toBe(3);
  });

  it('takes as many items as their empty answers fit what a state may hold, and fails with more', async () => {
    const { run } = world(list(80_000), () => ok({ large: 'x'.repeat(1_000) }));
    await expect(run()).resolves.toEqual({ large: 'x'.repeat(1_000) });
    const answering = structuredClone(definition);
    const one = answering.States['Each'];
    if (one?.Type !== 'Map') throw new Error('Each is no map');
    for (const task of Object.values(one.ItemProcessor.States)) task.OutputPath = '$.Payload';
    const { seen, ports } = worldOf(list(1_000), () => ok({ large: 'x'.repeat(281) }));
    const running = runStateMachine(answering, INPUT, ports);
    await expect(running).rejects.toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(seen.calls.filter(({ name }) => name === 'all')).toEqual([]);
  });

  it('fails with its first failed item: no other one begins, and nothing follows', async () => {
    const { seen, run } = world(list(20), (_, __, call) =>
      call === 5 ? failure('EngineError', 'it trapped') : ok(null),
    );
    await expect(run()).rejects.toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
    expect(seen.calls.length).toBeLessThan(10);
    expect(seen.calls.filter(({ name }) => name === 'all')).toEqual([]);
    expect(seen.slept).toEqual([]);
  });

  it.each([
    ['is missing', list(1), { key: 'other.json', run: 'r1' }, 'States.ItemReaderFailed'],
    ['is no list', { first: 1 }, INPUT, 'States.ItemReaderFailed'],
    ['is not named by the input', list(1), { run: 'r1' }, 'States.Runtime'],
    ['has items without what is asked of them', [{}], INPUT, 'States.ExceedToleratedFailureThreshold'],
  ])('fails where its list %s', async (_, items, input, error) => {
    const { run } = world(items, () => ok(null));
    await expect(run(input)).rejects.toMatchObject({ error });
  });
});

describe('a task', () => {
  it('is repeated after what may pass, ever later up to a limit', async () => {
    const errors = [
      failure('DependencyError', 'down'),
      failure(THROTTLED, 'Rate Exceeded.'),
      failure('DependencyError', 'down'),
    ];
    const { seen, run } = world([], () => errors.shift() ?? ok('done'));
    expect(await run()).toBe('done');
    expect(seen.slept).toEqual([2_000, 4_000, 6_000]);
  });

  it('fails with the last error when it was repeated often enough', async () => {
    const { seen, run } = world([], () => failure('DependencyError', 'down'));
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ error: 'DependencyError', message: expect.stringContaining('"down"') });
    expect(seen.calls).toHaveLength(4);
  });

  it('fails at once with an error that it does not repeat', async () => {
    const { seen, run } = world([], () => failure('FaultError', 'a shard is missing'));
    await expect(run()).rejects.toMatchObject({ error: 'FaultError' });
    expect(seen.calls).toHaveLength(1);
  });
});

it('an execution that takes too long times out', async () => {
  const timed = { ...definition, TimeoutSeconds: 60 };
  const ports: StateMachinePorts = {
    invoke: () => new Promise(() => undefined),
    readObject: async () => '[]',
    sleep: async (ms) => expect(ms).toBe(60_000),
    random: () => 0,
  };
  await expect(runStateMachine(timed, INPUT, ports)).rejects.toMatchObject({
    error: 'States.Timeout',
  });
});

describe('a definition', () => {
  const changed = (edit: (copy: Record<string, unknown>) => void) => {
    const copy = structuredClone(definition) as unknown as Record<string, unknown>;
    edit(copy);
    return Definition.safeParse(copy).success;
  };
  const states = (copy: Record<string, unknown>) => copy['States'] as Record<string, Record<string, unknown>>;

  it('is refused where it has what is not run here', () => {
    expect(changed(() => undefined)).toBe(true);
    expect(changed((copy) => void (states(copy)['Wait'] = { Type: 'Wait', Seconds: 1, End: true }))).toBe(
      false,
    );
    expect(changed((copy) => void (states(copy)['All'] = { ...states(copy)['All'], Catch: [] }))).toBe(false);
    expect(
      changed((copy) => void (states(copy)['All'] = { ...states(copy)['All'], OutputPath: '$.a[0]' })),
    ).toBe(false);
    expect(
      changed((copy) => void (states(copy)['Each'] = { ...states(copy)['Each'], ToleratedFailureCount: 3 })),
    ).toBe(false);
    expect(changed((copy) => void (copy['QueryLanguage'] = 'JSONata'))).toBe(false);
  });
});
