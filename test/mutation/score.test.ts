import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineOf, scoreOf } from './score.ts';

type Mutant = Parameters<typeof lineOf>[0];
const mutant = (status: Mutant['status'], given: Partial<Mutant> = {}): Mutant => ({
  id: '1',
  fileName: path.resolve('shared/money/money.ts'),
  mutatorName: 'ConditionalExpression',
  replacement: 'false',
  location: { start: { line: 15, column: 3 }, end: { line: 15, column: 9 } },
  status,
  ...given,
});

describe('the score of a room', () => {
  it('is the share of mutants that a test notices, endless loops included', () => {
    const mutants = (['Killed', 'Timeout', 'Killed', 'Survived'] as const).map((status) => mutant(status));
    expect(scoreOf(mutants)).toMatchObject({ noticed: 3, percent: 75, survivors: [{ status: 'Survived' }] });
  });

  it('counts a mutant that no test runs as a survivor', () => {
    expect(scoreOf([mutant('Killed'), mutant('NoCoverage')])).toMatchObject({ noticed: 1, percent: 50 });
  });

  it('leaves out exempted mutants and those that cannot run, and is whole where nothing is left', () => {
    const mutants = (['Ignored', 'RuntimeError', 'CompileError'] as const).map((status) => mutant(status));
    expect(scoreOf(mutants)).toEqual({ noticed: 0, survivors: [], percent: 100 });
  });
});

describe('a survivor', () => {
  it('is told by file, line and what stood there instead, on one line', () => {
    expect(lineOf(mutant('Survived', { replacement: 'a\n  || b' }))).toBe(
      'shared/money/money.ts:15 ConditionalExpression: a || b',
    );
    expect(lineOf(mutant('NoCoverage'))).toMatch(/ \(no test runs this\)$/);
    expect(lineOf(mutant('Survived', { replacement: 'x'.repeat(101) }))).toMatch(/ x{100}\.\.\.$/);
  });
});
