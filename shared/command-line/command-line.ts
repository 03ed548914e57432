/** One declaration of a command gives both its help and the reading of the words that were typed. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** An option. With `value` it takes a text; without, it is a switch. */
export interface Option {
  /** Stands for the value in the help, such as `STAGE`. */
  readonly value?: string;
  readonly help: string;
  /** Turns the text into what the command works with. @throws Error that says what is wanted */
  readonly read?: (text: string) => unknown;
  /** The text that is read where the option is not given. */
  readonly default?: string;
  readonly required?: true;
  /** It may be given more than once. */
  readonly multiple?: true;
}

/** A word without a name. The help shows its key in capitals. */
export interface Argument {
  readonly help: string;
  readonly read?: (text: string) => unknown;
  readonly optional?: true;
  /** It takes all words that are left; only the last argument may. */
  readonly multiple?: true;
}

type Options = Readonly<Record<string, Option>>;
type Arguments = Readonly<Record<string, Argument>>;

export interface CommandLine<O extends Options = Options, A extends Arguments = Arguments> {
  /** The words before the first typed word, such as `npm run reconcile --`. */
  readonly command: string;
  /** Says in one sentence or a few what the command does. */
  readonly summary: string;
  readonly arguments?: A;
  readonly options?: O;
  /** The words of one use, as they follow `command`. */
  readonly example: string;
  /** A person has to know these things, too, such as exit codes. */
  readonly notes?: readonly string[];
  /** Says what to do where a service refuses the connection. */
  readonly whenUnreachable?: string;
  /** The exit code where the work fails; 1 unless told otherwise. */
  readonly failureCode?: number;
}

type Read<Declared> = Declared extends { read: (text: string) => infer Value } ? Value : string;
type OptionValue<O> = O extends { value: string }
  ? O extends { multiple: true }
    ? readonly Read<O>[]
    : O extends { default: string } | { required: true }
      ? Read<O>
      : Read<O> | undefined
  : boolean;
type ArgumentValue<A> = A extends { multiple: true }
  ? readonly Read<A>[]
  : A extends { optional: true }
    ? Read<A> | undefined
    : Read<A>;

/** The typed values, by the names of the options and of the arguments. */
export type Values<O extends Options, A extends Arguments> = {
  readonly [Name in keyof O as Declared<Name>]: OptionValue<O[Name]>;
} & { readonly [Name in keyof A as Declared<Name>]: ArgumentValue<A[Name]> };

/** A command without options, or without arguments, has no names of them: not any name. */
type Declared<Name extends PropertyKey> = string extends Name ? never : Name;

/** The person typed something that the command does not take. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the words that were typed after a command.
 * @returns the values, or `undefined` where help is asked for
 * @throws UsageError in one line
 */
export function readCommandLine<const O extends Options, const A extends Arguments>(
  line: CommandLine<O, A>,
  words: readonly string[],
): Values<O, A> | undefined {
  const end = words.indexOf('--');
  const asked = end < 0 ? words : words.slice(0, end);
  if (asked.includes('--help') || asked.includes('-h')) return undefined;
  try {
    const { values, positionals } = parsed(line, words);
    return { ...readOptions(line, values), ...readArguments(line, positionals) } as Values<O, A>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${firstSentence(reason)}; ${line.command} --help shows what there is`, {
      cause: error,
    });
  }
}

/** parseArgs says in further sentences how a word that looks like an option is given, which hides the mistake. */
function firstSentence(reason: string): string {
  return (reason.split(/\. |\n/)[0] ?? reason).replace(/\.$/, '');
}

function parsed({ options = {} }: CommandLine, words: readonly string[]) {
  const declared = Object.entries(options).map(([name, { value, multiple = false }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple },
  ]);
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: Object.fromEntries(declared) as NonNullable<ParseArgsConfig['options']>,
  });
}

type Given = Readonly<Record<string, unknown>>;

function readOptions({ options = {} }: CommandLine, given: Given): Record<string, unknown> {
  const entries = Object.entries(options).map(([name, option]) => [
    name,
    readOption(name, option, given[name]),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function readOption(name: string, option: Option, given: unknown): unknown {
  if (option.value === undefined) return given === true;
  if (Array.isArray(given)) return given.map((text) => readValue(`--${name}`, option, String(text)));
  if (given === undefined && option.multiple) return [];
  const text = typeof given === 'string' ? given : option.default;
  if (text !== undefined) return readValue(`--${name}`, option, text);
  if (option.required) throw new UsageError(`--${name} ${option.value} is missing`);
  return undefined;
}

function readArguments(
  { arguments: declared = {} }: CommandLine,
  words: readonly string[],
): Record<string, unknown> {
  const left = [...words];
  const values: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(declared)) {
    const label = name.toUpperCase();
    const taken = argument.multiple ? left.splice(0) : left.splice(0, 1);
    const read = taken.map((text) => readValue(label, argument, text));
    if (read.length === 0 && !argument.optional) throw new UsageError(`${label} is missing`);
    values[name] = argument.multiple ? read : read[0];
  }
  const [unexpected] = left;
  if (unexpected !== undefined) throw new UsageError(`Unexpected argument "${unexpected}"`);
  return values;
}

function readValue(label: string, { read }: Pick<Option, 'read'>, text: string): unknown {
  if (!read) return text;
  try {
    return read(text);
  } catch (error) {
    const wanted = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${label} is "${text}", but takes ${wanted}`, { cause: error });
  }
}

/** @returns what `--help` prints */
export function helpOf(line: CommandLine): string {
  const { command, summary, arguments: declared = {}, options = {}, example, notes = [] } = line;
  const argumentRows = Object.entries(declared).map(
    ([name, { help }]) => [name.toUpperCase(), help] as const,
  );
  const optionRows = Object.entries(options).map(
    ([name, option]) => [labelOf(name, option), optionHelp(option)] as const,
  );
  return [
    `Usage: ${[command, ...usageWords(line)].join(' ')}`,
    summary,
    section('Arguments', argumentRows),
    section('Options', [...optionRows, ['--help', 'Shows this text.']]),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    `Example:\n  ${[command, example].join(' ').replace(/ --\s*$/, '')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function usageWords({ arguments: declared = {}, options = {} }: CommandLine): string[] {
  const words = Object.entries(declared).map(([name, { optional, multiple }]) => {
    const word = `${name.toUpperCase()}${multiple ? '…' : ''}`;
    return optional ? `[${word}]` : word;
  });
  const required = Object.entries(options).filter(([, option]) => option.required);
  return [...words, ...required.map(([name, option]) => labelOf(name, option)), '[options]'];
}

function labelOf(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function optionHelp({ help, required, multiple, default: preset }: Option): string {
  return [
    help,
    ...(required ? ['Required.'] : []),
    ...(multiple ? ['May be repeated.'] : []),
    ...(preset === undefined ? [] : [`Default: ${preset}.`]),
  ].join(' ');
}

function section(title: string, rows: readonly (readonly [label: string, help: string])[]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([label]) => label.length));
  return [`${title}:`, ...rows.map(([label, help]) => `  ${label.padEnd(width)}  ${help}`)].join('\n');
}
