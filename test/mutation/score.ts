import path from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

/** Tells what became of a row's mutants. */
export interface Score {
  readonly noticed: number;
  readonly survivors: readonly MutantResult[];
  /** In percent; 100 where there was nothing to notice. */
  readonly percent: number;
}

/** Mutants that could not run, and those that a comment or the rule of wording exempts, count on neither side. */
export function scoreOf(mutants: readonly MutantResult[]): Score {
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const all = noticed + survivors.length;
  return { noticed, survivors, percent: all === 0 ? 100 : (100 * noticed) / all };
}

/** `shared/money/money.ts:15 ConditionalExpression: false` */
export function lineOf({ fileName, location, mutatorName, replacement, status }: MutantResult): string {
  const instead = replacement.replace(/\s+/g, ' ');
  const shown = instead.length > 100 ? `${instead.slice(0, 100)}...` : instead;
  const uncovered = status === 'NoCoverage' ? ' (no test runs this)' : '';
  return `${path.relative(process.cwd(), fileName)}:${location.start.line} ${mutatorName}: ${shown}${uncovered}`;
}
