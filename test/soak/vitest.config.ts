import { defineConfig } from 'vitest/config';

/** What takes minutes: long play, kills and outages on local stacks of its own, and the mistakes that the simulation must find. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'soak',
    include: ['test/soak/**/*.test.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    // Three files at once, because most of them wait more than they work.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
