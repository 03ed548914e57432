import { defineConfig } from 'vitest/config';

/** The end-to-end suite, against the emulator that run.ts has started. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'emulator',
    include: ['test/e2e/**/*.test.ts'],
    // They start local stacks of their own, to kill them or to cut them off, so there is nothing in them of the emulator.
    exclude: ['test/e2e/crash.test.ts', 'test/e2e/wallet-down.test.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
