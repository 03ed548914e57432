import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FunctionModel } from '../model.ts';
import { TestDebugger } from './debugger.fixture.ts';
import { functionArn, functionEnvironment } from './function-environment.ts';
import { FunctionPool, type FunctionPoolOptions } from './function-pool.ts';

let folder: string;
let pools: FunctionPool[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rgs-pool-'));
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  pools = [];
  rmSync(folder, { recursive: true });
});

function poolOf(
  source: string,
  changes: Partial<FunctionModel> = {},
  options: Partial<FunctionPoolOptions> = {},
): FunctionPool {
  writeFileSync(path.join(folder, 'handler.mjs'), source);
  const model: FunctionModel = {
    name: 'subject',
    codeDirectory: folder,
    handler: 'handler.handler',
    timeoutMs: 5_000,
    memoryMb: 128,
    environment: { STAGE: 'test' },
    ...changes,
  };
  const pool = new FunctionPool(model, {
    environment: functionEnvironment(model, {}),
    functionArn: functionArn(model.name),
    logFile: path.join(folder, 'subject.log'),
    verbose: false,
    compileCacheDirectory: path.join(folder, 'cache'),
    onPlatformError: () => {},
    maxProcesses: 4,
    idleMs: 60_000,
    ...options,
  });
  pools.push(pool);
  return pool;
}

const logOf = () => readFileSync(path.join(folder, 'subject.log'), 'utf8');

test('a handler gets its event, its own environment and a Lambda context', async () => {
  process.env['SECRET_OF_THE_HOST'] = 'leak';
  const pool = poolOf(`export const handler = async (event, context) => ({
    event, stage: process.env.STAGE, leaked: process.env.SECRET_OF_THE_HOST, size: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    id: context.awsRequestId, name: context.functionName, memory: context.memoryLimitInMB,
    arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() });`);

  const result = await pool.invoke({ stake: '1.00' });

  expect(result).toEqual({
    ok: true,
    payload: {
      event: { stake: '1.00' },
      stage: 'test',
      size: '128',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'subject',
      memory: '128',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:subject',
      left: expect.any(Number),
    },
  });
  delete process.env['SECRET_OF_THE_HOST'];
});

test('a warm process keeps what the module holds from one event to the next', async () => {
  const pool = poolOf('let count = 0; export const handler = async () => ++count;');

  await pool.invoke({});

  expect(await pool.invoke({})).toEqual({ ok: true, payload: 2 });
  expect(pool.processCount).toBe(1);
});

test('a process handles one event at a time and more processes start under load, up to the bound', async () => {
  const pool = poolOf(
    `let running = 0;
     export const handler = async () => {
       const most = ++running;
       await new Promise((resolve) => setTimeout(resolve, 50));
       running -= 1;
       return most;
     };`,
    {},
    { maxProcesses: 3 },
  );

  const results = await Promise.all(Array.from({ length: 12 }, () => pool.invoke({})));

  expect(results).toEqual(Array.from({ length: 12 }, () => ({ ok: true, payload: 1 })));
  expect(pool.processCount).toBe(3);
});

test('events are throttled where a thousand wait for one process', async () => {
  const pool = poolOf('export const handler = async () => 1;', {}, { maxProcesses: 1 });

  const results = await Promise.all(Array.from({ length: 1_002 }, () => pool.invoke({})));

  expect(results.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1_000);
  expect(results.at(-1)).toMatchObject({ ok: false, error: { errorType: 'TooManyRequestsException' } });
});

test('the process that was used last takes the next event', async () => {
  const pool = poolOf(
    'export const handler = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return process.pid; };',
  );
  const [, last] = await Promise.all([pool.invoke({ ms: 1 }), pool.invoke({ ms: 400 })]);

  expect(await pool.invoke({ ms: 0 })).toEqual(last);
});

test('a process that has nothing to do is retired', async () => {
  const pool = poolOf('export const handler = async () => 1;', {}, { idleMs: 20 });

  await pool.invoke({});

  await vi.waitFor(() => expect(pool.processCount).toBe(0));
});

test.each([
  ['waits', 'await new Promise(() => setInterval(() => {}, 1000))'],
  ['spins', 'for (;;);'],
])('a function that %s past its time-out is stopped and the next event is served', async (_kind, body) => {
  const pool = poolOf(
    `export const handler = async (event) => { if (event.hang) ${body} ; return 'served'; };`,
    {
      timeoutMs: 300,
    },
  );

  const slow = await pool.invoke({ hang: true });

  expect(slow).toMatchObject({
    ok: false,
    error: {
      errorMessage: expect.stringMatching(/^RequestId: .{36} Error: Task timed out after 0\.30 seconds$/),
    },
  });
  expect(await pool.invoke({})).toEqual({ ok: true, payload: 'served' });
});

test.each([
  [
    'exits',
    'process.exit(3)',
    { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
  ],
  [
    'drops a rejection',
    'Promise.reject(new TypeError("lost")); await new Promise((r) => setTimeout(r, 1000))',
    { errorType: 'TypeError', errorMessage: 'lost' },
  ],
  [
    'throws from a timer',
    'setTimeout(() => { throw new RangeError("late") }); await new Promise((r) => setTimeout(r, 1000))',
    { errorType: 'RangeError', errorMessage: 'late' },
  ],
  [
    'runs out of memory',
    'const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length))',
    { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: aborted') },
  ],
])(
  'a function that %s fails its own event only and the next one gets a fresh process',
  async (_kind, body, error) => {
    const pool = poolOf(
      `let count = 0; export const handler = async (event) => { count += 1; if (event.crash) { ${body} } return count; };`,
    );
    await pool.invoke({});

    expect(await pool.invoke({ crash: true })).toMatchObject({ ok: false, error });
    expect(await pool.invoke({})).toEqual({ ok: true, payload: 1 });
  },
);

test('an error thrown by the handler is reported in the shape of Lambda and the process stays warm', async () => {
  const pool = poolOf(`let count = 0;
    export const handler = async (event) => { count += 1; if (event.fail) throw new RangeError('no such game'); return count; };`);

  expect(await pool.invoke({ fail: true })).toEqual({
    ok: false,
    error: {
      errorType: 'RangeError',
      errorMessage: 'no such game',
      trace: expect.arrayContaining(['RangeError: no such game']),
    },
  });
  expect(await pool.invoke({})).toEqual({ ok: true, payload: 2 });
});

test.each([
  [
    'throws while it loads',
    'throw new Error("no table name");',
    { errorType: 'Error', errorMessage: 'no table name' },
  ],
  ['lacks the handler', 'export const other = 1;', { errorType: 'Runtime.HandlerNotFound' }],
])('a bundle that %s fails each event with the reason', async (_kind, source, error) => {
  const pool = poolOf(source);

  expect(await pool.invoke({})).toMatchObject({ ok: false, error });
  expect(await pool.invoke({})).toMatchObject({ ok: false, error });
});

test('an answer that is not JSON is the error of the function', async () => {
  const pool = poolOf('export const handler = async () => 1n;');

  expect(await pool.invoke({})).toMatchObject({ ok: false, error: { errorType: 'Runtime.MarshalError' } });
});

test('an event over 6 MB is refused', async () => {
  const pool = poolOf('export const handler = async () => 1;');

  expect(await pool.invoke({ body: 'x'.repeat(6 * 1024 * 1024) })).toMatchObject({
    ok: false,
    error: { errorType: 'RequestTooLargeException' },
  });
});

test('work that was not awaited stands still until the next event, as in a frozen environment', async () => {
  const pool = poolOf(`let ticks = 0;
    setInterval(() => { ticks += 1; }, 1);
    export const handler = async () => ticks;`);
  await pool.invoke({});
  const before = (await pool.invoke({})) as { payload: number };

  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = (await pool.invoke({})) as { payload: number };

  expect(after.payload - before.payload).toBeLessThanOrEqual(2);
});

test('what a function prints is in its log, up to the line before it dies', async () => {
  const pool = poolOf(`export const handler = async (event) => {
    console.log(JSON.stringify({ message: 'before' }));
    process.stderr.write('warned\\n');
    if (event.crash) process.exit(1);
    throw new Error('told');
  };`);

  await pool.invoke({});
  await pool.invoke({ crash: true });

  const lines = logOf().trim().split('\n');
  expect(lines.slice(0, 2)).toEqual(['{"message":"before"}', 'warned']);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({
    level: 'ERROR',
    errorType: 'Error',
    errorMessage: 'told',
  });
  expect(lines.slice(3)).toEqual(['{"message":"before"}', 'warned']);
});

test('a debugger holds a function at a breakpoint for longer than its time-out, and the function then answers', async () => {
  const addresses: string[] = [];
  const source = 'export const handler = async (event) => { debugger; return event.amount * 2; };';
  const options = { maxProcesses: 1, onDebugger: (url: string) => addresses.push(url) };
  const pool = poolOf(source, { timeoutMs: 100 }, options);
  await pool.warm();
  const [address = ''] = addresses;
  const person = await TestDebugger.attach(address);
  // Answered while the function waits for an event: an environment that stands still could not.
  await person.call('Debugger.enable');

  const answer = pool.invoke({ amount: 21 });
  await person.event('Debugger.paused');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await person.call('Debugger.resume');

  expect(await answer).toEqual({ ok: true, payload: 42 });
  expect(addresses).toEqual([expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\//)]);
  person.close();
});

test('a function without a debugger opens no port for one', async () => {
  const pool = poolOf(`import inspector from 'node:inspector';
    export const handler = async () => inspector.url() ?? 'none';`);
  expect(await pool.invoke({})).toEqual({ ok: true, payload: 'none' });
});

test('a stop ends what is still running and refuses what comes after it', async () => {
  const pool = poolOf('export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));');
  await pool.warm();
  const running = pool.invoke({});

  await pool.stop();

  expect(await running).toMatchObject({
    ok: false,
    error: { errorMessage: expect.stringContaining('signal: killed') },
  });
  expect(await pool.invoke({})).toMatchObject({ ok: false, error: { errorType: 'ServiceException' } });
});
