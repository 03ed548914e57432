import { describe, expect, it } from 'vitest';
import { describeMachine } from './machine.ts';
import { readCommandLine } from '../../shared/command-line/command-line.ts';
import { BENCH_LOAD, type LoadOptions, loadOptionsOf, refuseOnBusyMachine } from './options.ts';

function readOptions(words: readonly string[]): LoadOptions {
  const values = readCommandLine(BENCH_LOAD, words);
  if (!values) throw new Error('The words ask for help');
  return loadOptionsOf(values);
}

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

describe('a machine whose load average is above half of its cores', () => {
  const machine = (loadAverage: number) => ({ ...describeMachine(), cores: 4, loadAverage });
  const run = (loadAverage: number, ...words: string[]) =>
    refuseOnBusyMachine(readOptions(words), machine(loadAverage));

  it('takes no figures for the report of the pages, however that is named', () => {
    expect(() => run(2.01)).toThrow(/^The machine is busy: .* 2\.01, .*--report.*$/);
    expect(() => run(2.01, '--report', 'docs/../docs/load-report.json')).toThrow('busy');
    expect(() => run(2)).not.toThrow();
  });

  it('takes figures for another file', () => {
    expect(() => run(9, '--report', '/tmp/load-report.json')).not.toThrow();
  });
});
