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
          ],
          exclude: ['**/node_modules/**', '**/.rgs/**', '**/cdk.out/**'],
          testTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
