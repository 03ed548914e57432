import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { MissingError } from '../../foundation/errors.ts';
import { UsageError } from '../command-line.ts';
import { failureText, runCommand } from './run-command.ts';

const LINE = { command: 'npm run rest --', summary: 'Rests.', example: '' };
const before = process.argv;
const errors: unknown[] = [];

beforeEach(() => {
  process.argv = ['node', 'rest.command.ts'];
  vi.stubEnv('DEBUG', '');
  vi.spyOn(console, 'error').mockImplementation((...line: unknown[]) => void errors.push(...line));
});
afterEach(() => {
  process.argv = before;
  process.exitCode = undefined;
  errors.length = 0;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it.each([
  ['nothing', async () => undefined, 0, []],
  ['a code', async () => 3, 3, []],
  ['a failure', () => Promise.reject(new Error('It is noon')), 1, ['Error: It is noon']],
  ['a mistake of the person', () => Promise.reject(new UsageError('Not now')), 2, ['Error: Not now']],
])(
  'The exit code and the line of a command follow from work that ends with %s',
  async (_, work, code, lines) => {
    await runCommand(LINE, work);
    expect({ code: process.exitCode, errors }).toEqual({ code, errors: lines });
  },
);

it('A command takes its modules from the folder of what is compiled, and keeps new ones there', async () => {
  const script = new URL('../../../infra/commands/switch-game.command.ts', import.meta.url).pathname;
  const env = { PATH: '', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--help'], { env });
  expect(stderr).toMatch(/\/\.rgs\/compile-cache\//);
});

it('Work fails with the code that its command declares', async () => {
  await runCommand({ ...LINE, failureCode: 2 }, () => Promise.reject(new Error('It is noon')));
  expect(process.exitCode).toBe(2);
});

it('DEBUG shows where an error came from', async () => {
  vi.stubEnv('DEBUG', '1');
  const error = new Error('It is noon');
  await runCommand(LINE, () => Promise.reject(error));
  expect(errors).toEqual([error]);
});

it('A refused connection gives a line that says where nothing answers and what to do', async () => {
  const hint = { whenUnreachable: 'start it with npm start' };
  const line = /^Nothing answers at (?:127\.0\.0\.1|::1):1; start it with npm start$/;
  const [refused] = (await once(connect(1, 'localhost'), 'error').catch((error: unknown) => [error])) as [
    unknown,
  ];
  expect(failureText(refused, hint)).toMatch(line);
  const fetched = await fetch('http://127.0.0.1:1/').catch((error: unknown) => error);
  // `fetch` itself refuses port 1.
  expect(failureText(fetched, {})).toMatch(/fetch failed|Nothing answers/);
  expect(failureText(new Error('Outer', { cause: refused }), hint)).toMatch(line);
});

it('An error of many lines becomes one line', () => {
  expect(failureText(new Error('One\n  two\nthree'), {})).toBe('One two three');
  const { error } = z.object({ bets: z.object({ EUR: z.string() }) }).safeParse({ bets: { EUR: 1 } });
  expect(failureText(error, {})).toMatch(/^bets\.EUR: [^\n]+$/);
});

it('An error of the product ends its line with its code', () => {
  const error = new MissingError('UNKNOWN_OPERATOR', 'There is no operator acme');
  expect(failureText(error, {})).toBe('There is no operator acme (UNKNOWN_OPERATOR)');
});
