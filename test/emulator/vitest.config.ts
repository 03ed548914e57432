import { defineConfig } from 'vitest/config';

/** The end-to-end suite, against the emulator that run.ts has started. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'emulator',
    include: ['test/e2e/**/*.test.ts', 'test/soak/thousand-spins.test.ts'],
    // They need the local run: some start stacks of their own, to kill, cut off or attack them, some reach into its tables,
    // queues and registry, one runs the lines of the documentation, which name it.
    exclude: ['wallet-down', 'recovery', 'bet-win', 'poison', 'remote-engine', 'docs', 'insider'].map(
      (name) => `test/e2e/${name}.test.ts`,
    ),
    globalSetup: ['test/e2e/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
