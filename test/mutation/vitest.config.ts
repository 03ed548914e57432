import { defineConfig } from 'vitest/config';

/** Tells this configuration, in each of StrykerJS's processes, which tests a row of the table names. */
export const TESTS_VARIABLE = 'RGS_MUTATION_TESTS';

/** No projects, no build before the tests, and the same examples in each run. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: JSON.parse(process.env[TESTS_VARIABLE] ?? '[]') as string[],
    setupFiles: ['test/mutation/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
