import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the options of npm run bench:load', () => {
  it('are three levels of 20 seconds unless others are given', () => {
    expect(readOptions([])).toMatchObject({ seconds: 20, levels: [1, 16, 64] });
    expect(readOptions([]).reportFile).toMatch(/\/docs\/load-report\.json$/);
    expect(readOptions(['--seconds', '2', '--players', '2,3', '--report', '/tmp/x.json'])).toEqual({
      seconds: 2,
      levels: [2, 3],
      reportFile: '/tmp/x.json',
    });
  });

  it.each([
    ['--seconds', '0'],
    ['--seconds', 'long'],
    ['--players', ''],
    ['--players', '1;16'],
    ['--players', '0'],
    ['--players', '1001'],
    ['--report', 'report.md'],
    ['--rounds', '5'],
  ])('are refused in words: %s %s', (...words) => {
    expect(() => readOptions(words)).toThrow(words[0]);
  });
});
