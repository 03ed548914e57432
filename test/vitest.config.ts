import { defineConfig } from 'vitest/config';
import { Interleaved } from './interleaved.ts';

const root = new URL('..', import.meta.url).pathname;

// Each test file, command and local run is a process of its own. This cache saves each of them compiling the same modules.
process.env['NODE_COMPILE_CACHE'] ??= `${root}.rgs/compile-cache`;

const neverTests = ['**/node_modules/**', '**/.rgs/**', '**/cdk.out/**'];

const unitFiles = [
  '{shared,functions,engines,infra}/**/*.test.ts',
  'test/{adapters,architecture,docs}/**/*.test.ts',
  'test/{contracts,engine-bench,functions,hostile-input,journeys,load,mutation,protocol,simulation}/*.test.ts',
];

/** These read what a module logs, or replace one. Each of them imports everything anew. */
const filesOfTheirOwn = [
  'functions/**/*.test.ts',
  'infra/local/runtime/*.test.ts',
  'test/{adapters,functions,hostile-input}/**/*.test.ts',
  // This one waits for the disk most of the time.
  'infra/demo-wallet/accounts.test.ts',
];

const unit = {
  // All cores: vitest leaves one out unless told otherwise, which is half of a small machine.
  maxWorkers: '100%',
  // A bound for what hangs: a busy machine takes several times as long.
  testTimeout: 60_000,
  // An engine whose sources changed is compiled first.
  hookTimeout: 60_000,
  // What is polled may be a command, which takes seconds on a busy machine.
  expect: { poll: { timeout: 20_000 } },
};

/** Many of these files wait more than they work. They come after the others, which use all cores. */
const sideBySide = {
  maxWorkers: process.env['RGS_API_URL'] ? 1 : 4,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    sequence: { sequencer: Interleaved },
    projects: [
      {
        root,
        test: {
          ...unit,
          name: 'unit',
          include: unitFiles,
          exclude: [...neverTests, ...filesOfTheirOwn],
          // The files of a worker share what they import. This halves the processor time of a small file.
          isolate: false,
        },
      },
      {
        root,
        test: {
          ...unit,
          name: 'unit-isolated',
          include: filesOfTheirOwn,
          exclude: neverTests,
          ...sideBySide,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          // Most share a stack. Those that would disturb others have their own.
          ...sideBySide,
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
