import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { commandEnvironment } from './commands.ts';
import { ROOT } from './pages.ts';

export interface NamedTest {
  /** The path from the root of the repository. */
  readonly file: string;
  /** The title with its groups: "group > test". */
  readonly title: string;
}

const Listed = z.array(z.object({ name: z.string(), file: z.string() }));

/**
 * Lists the tests of these files as vitest would run them, without what is skipped. `loaded` tests have the titles that
 * `each` makes. `static` ones are read from their source. That is quick, and files that start a stack when loaded need it.
 */
export async function listTests(
  files: readonly string[],
  config: 'test/vitest.config.ts' | 'test/soak/vitest.config.ts',
  how: 'loaded' | 'static',
): Promise<NamedTest[]> {
  // Without a file, vitest lists all tests.
  if (files.length === 0) return [];
  const parsing = how === 'static' ? '--static-parse' : '--no-static-parse';
  // Within a test, vitest would take itself for one of its own workers.
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = commandEnvironment();
  // `parsing` would take a file that follows it for its own value.
  const options = ['--json', parsing, '--config', config];
  const limits = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('vitest', ['list', ...options, ...files], limits);
  return Listed.parse(JSON.parse(stdout)).map(({ name, file }) => ({
    file: path.relative(ROOT, file),
    title: name,
  }));
}
