import path from 'node:path';
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { TESTS_VARIABLE } from './vitest.config.ts';

export interface Work {
  /** Names the file that remembers results. */
  readonly name: string;
  /** Paths; `file.ts:10-20` stands for some of its lines. */
  readonly files: readonly string[];
  /** Globs. */
  readonly tests: readonly string[];
  readonly concurrency: number;
  /**
   * Uses what an earlier run has found, where a file and its tests are the same. It does not see changes to fixtures, and
   * tries no survivor again that runs while a module is loaded.
   */
  readonly incremental: boolean;
}

/** Mutates the files and runs the tests on each mutant. */
export function mutate({ name, files, tests, concurrency, incremental }: Work): Promise<MutantResult[]> {
  process.env[TESTS_VARIABLE] = JSON.stringify(tests);
  const options: PartialStrykerOptions = {
    mutate: [...files],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    plugins: ['@stryker-mutator/vitest-runner', path.join(import.meta.dirname, 'wording.ts')],
    ignorers: ['wording'],
    ignorePatterns: ['.rgs', 'cdk.out', 'docs', 'engines/*/assembly'],
    tempDirName: '.rgs/stryker',
    // TypeScript 7 lacks a call with which a configuration is read; the file that is named here does not exist.
    tsconfigFile: 'test/mutation/none.json',
    concurrency,
    // A mutant must not seem to be noticed because the machine is busy: endless loops are counted, not timed.
    timeoutMS: 60_000,
    incremental,
    incrementalFile: `.rgs/mutation/${name}.json`,
    reporters: process.stdout.isTTY ? ['progress'] : ['progress-append-only'],
    logLevel: 'warn' as NonNullable<PartialStrykerOptions['logLevel']>,
    warnings: false,
  };
  return new Stryker(options).runMutationTest();
}
