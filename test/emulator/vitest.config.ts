import { defineConfig } from 'vitest/config';

/** The end-to-end suite, against the emulator that run.ts has started. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'emulator',
    include: ['test/e2e/**/*.test.ts'],
    // It kills the local stack that it starts itself, so there is nothing in it of the emulator.
    exclude: ['test/e2e/crash.test.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
