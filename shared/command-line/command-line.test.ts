import { describe, expect, it } from 'vitest';
import { type CommandLine, helpOf, readCommandLine, UsageError } from './command-line.ts';
import { matching, oneOf, wholeNumber } from './values.ts';

const LINE = {
  command: 'npm run brew --',
  summary: 'Brews tea.',
  arguments: {
    tea: { help: 'The tea.', read: matching(/^[a-z]+$/, 'lower-case letters') },
    more: { help: 'What goes with it.', optional: true, multiple: true },
  },
  options: {
    minutes: { value: 'N', help: 'How long.', read: wholeNumber(1, 10), default: '3' },
    cup: { value: 'SIZE', help: 'Which cup.', read: oneOf('small', 'large') },
    host: { value: 'NAME', help: 'Who pours.', required: true },
    add: { value: 'WHAT', help: 'What is added.', multiple: true },
    hot: { help: 'Serves it hot.' },
  },
  example: 'assam --host anna',
  notes: ['The exit code is 0.'],
} as const satisfies CommandLine;

const read = (...words: readonly string[]) => readCommandLine(LINE, words);

describe('a command line', () => {
  it('becomes values by the names of options and arguments, with defaults for what is not given', () => {
    expect(read('assam', '--host', 'anna')).toEqual({
      tea: 'assam',
      more: [],
      minutes: 3,
      cup: undefined,
      host: 'anna',
      add: [],
      hot: false,
    });
  });

  it('is read in any order, and options that may be repeated gather their values', () => {
    const words = [
      '--hot',
      '--add',
      'milk',
      'assam',
      '--add=ice',
      'cake',
      '--minutes',
      '10',
      '--host',
      'anna',
    ];
    expect(read(...words, '--cup', 'large', '--', '--bun')).toEqual({
      tea: 'assam',
      more: ['cake', '--bun'],
      minutes: 10,
      cup: 'large',
      host: 'anna',
      add: ['milk', 'ice'],
      hot: true,
    });
  });

  it.each([['--help'], ['-h'], ['assam', '--minutes', 'x', '--help']])(
    'asks for help with %s %s %s %s',
    (...words) => {
      expect(read(...words.filter((word) => word !== undefined))).toBeUndefined();
    },
  );

  it('asks for no help after --, where the words belong to another program', () => {
    expect(read('assam', '--host', 'anna', '--', '--help')).toMatchObject({ more: ['--help'] });
  });

  it.each([
    [['assam'], '--host NAME is missing'],
    [['--host', 'anna'], 'TEA is missing'],
    [['ASSAM', '--host', 'anna'], 'TEA is "ASSAM", but takes lower-case letters'],
    [
      ['assam', '--host', 'anna', '--minutes', '11'],
      '--minutes is "11", but takes a whole number from 1 to 10',
    ],
    [
      ['assam', '--host', 'anna', '--minutes', '1.5'],
      '--minutes is "1.5", but takes a whole number from 1 to 10',
    ],
    [['assam', '--host', 'anna', '--cup', 'huge'], '--cup is "huge", but takes one of small, large'],
    [['assam', '--sugar'], "Unknown option '--sugar'"],
    [['assam', '--host'], "Option '--host <value>' argument missing"],
    [['assam', '--hot=yes'], "Option '--hot' does not take an argument"],
  ])('is refused in one line: %j', (words, line) => {
    expect(() => read(...words)).toThrow(
      new UsageError(`${line}; npm run brew -- --help shows what there is`),
    );
  });

  it('is refused where a command takes no words, or fewer', () => {
    const bare = { command: 'npm run rest --', summary: 'Rests.', example: '' };
    expect(() => readCommandLine(bare, ['now'])).toThrow('Unexpected argument "now"');
    expect(readCommandLine(bare, [])).toEqual({});
  });
});

describe('the help', () => {
  it('follows from the declaration', () => {
    expect(helpOf(LINE)).toBe(`Usage: npm run brew -- TEA [MORE…] --host NAME [options]

Brews tea.

Arguments:
  TEA   The tea.
  MORE  What goes with it.

Options:
  --minutes N  How long. Default: 3.
  --cup SIZE   Which cup.
  --host NAME  Who pours. Required.
  --add WHAT   What is added. May be repeated.
  --hot        Serves it hot.
  --help       Shows this text.

The exit code is 0.

Example:
  npm run brew -- assam --host anna`);
  });

  it('has an example without the -- that nothing follows', () => {
    expect(helpOf({ command: 'npm run rest --', summary: 'Rests.', example: '' })).toMatch(
      /\n {2}npm run rest$/,
    );
  });
});
