import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: [
            '{shared,functions,engines,infra}/**/*.test.ts',
            'test/architecture/**/*.test.ts',
            'test/contracts/*.test.ts',
            'test/docs/**/*.test.ts',
            'test/hostile-input/*.test.ts',
            'test/load/*.test.ts',
            'test/protocol/*.test.ts',
            'test/simulation/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/.rgs/**', '**/cdk.out/**'],
          // All cores: vitest leaves one out unless told otherwise, which is half of a small machine.
          maxWorkers: '100%',
          testTimeout: 20_000,
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
          fileParallelism: false,
          // After the others: it plays against a stack of processes that needs the machine for itself.
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
