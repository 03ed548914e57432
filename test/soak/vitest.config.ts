import { defineConfig } from 'vitest/config';

/**
 * These tests take minutes. They play long, kill functions and stop wallets on local stacks of their own, and find the
 * mistakes that are planted in the simulation.
 */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'soak',
    include: ['test/soak/**/*.test.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    // Three files at once, because most of them wait more than they work.
    maxWorkers: 3,
    maxConcurrency: 2,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
