import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

// Each test file, command and local run is a process of its own. This cache saves each of them compiling the same modules.
process.env['NODE_COMPILE_CACHE'] ??= `${root}.rgs/compile-cache`;

export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: [
            '{shared,functions,engines,infra}/**/*.test.ts',
            'test/adapters/**/*.test.ts',
            'test/architecture/**/*.test.ts',
            'test/contracts/*.test.ts',
            'test/docs/**/*.test.ts',
            'test/engine-bench/*.test.ts',
            'test/functions/*.test.ts',
            'test/hostile-input/*.test.ts',
            'test/journeys/*.test.ts',
            'test/load/*.test.ts',
            'test/mutation/*.test.ts',
            'test/protocol/*.test.ts',
            'test/simulation/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/.rgs/**', '**/cdk.out/**'],
          // All cores: vitest leaves one out unless told otherwise, which is half of a small machine.
          maxWorkers: '100%',
          // A bound for what hangs: a busy machine takes several times as long.
          testTimeout: 60_000,
          // An engine whose sources changed is compiled first.
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          // Two files at once, as they wait more than they work. Most share a stack; those that would disturb others have their own.
          maxWorkers: process.env['RGS_API_URL'] ? 1 : 2,
          // After the others: a stack is many processes, which need the machine for themselves.
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
