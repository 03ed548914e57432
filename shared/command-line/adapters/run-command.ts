import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { RgsError } from '../../foundation/errors.ts';
import { type CommandLine, helpOf, readCommandLine, UsageError, type Values } from '../command-line.ts';

const USAGE_CODE = 2;
/** A chain of causes that is longer is a circle. */
const MAX_CAUSES = 8;

/**
 * It keeps the compiled modules of commands. Whoever can write the sources can write it, and nobody else. A shared folder
 * would let others in.
 */
const COMPILE_CACHE = path.join(import.meta.dirname, '../../../.rgs/compile-cache');

type Declared<Part extends 'options' | 'arguments'> = NonNullable<CommandLine[Part]>;

/**
 * Runs a command on the words that were typed. Help goes to standard output. A mistake in these words gives one line and
 * exit code 2. A failure of the work gives one line and the declared exit code. DEBUG=1 shows where an error came from.
 * @param work imports what it needs when it is called, so that help and mistakes are answered at once; it returns the
 * exit code, 0 where it returns nothing
 */
export async function runCommand<const O extends Declared<'options'>, const A extends Declared<'arguments'>>(
  line: CommandLine<O, A>,
  work: (values: Values<O, A>) => Promise<number | void>,
): Promise<void> {
  // A command compiles far more than it runs, and would do so at every start.
  enableCompileCache(COMPILE_CACHE);
  try {
    const values = readCommandLine(line, process.argv.slice(2));
    if (values === undefined) console.log(helpOf(line));
    else process.exitCode = (await work(values)) ?? 0;
  } catch (error) {
    console.error(process.env['DEBUG'] ? error : `Error: ${failureText(error, line)}`);
    process.exitCode = error instanceof UsageError ? USAGE_CODE : (line.failureCode ?? 1);
  }
}

/** Writes a failure, with its code where it has one. @returns one line for the person who ran the command */
export function failureText(
  error: unknown,
  { whenUnreachable }: Pick<CommandLine, 'whenUnreachable'>,
): string {
  const refused = causesOf(error).find((cause) => cause['code'] === 'ECONNREFUSED');
  if (refused) {
    const { address, port } = refused;
    const place = typeof address === 'string' ? ` at ${address}:${Number(port)}` : '';
    return [`Nothing answers${place}`, whenUnreachable].filter(Boolean).join('; ');
  }
  const [{ issues } = {}] = causesOf(error);
  if (Array.isArray(issues)) return issues.map(issueText).join('; ');
  const text = error instanceof Error ? error.message || error.name : String(error);
  const code = error instanceof RgsError ? ` (${error.code})` : '';
  return `${text}${code}`.replaceAll(/\s*\n\s*/g, ' ');
}

/** An error of zod would print itself as JSON over many lines. */
function issueText({
  path,
  message,
}: {
  readonly path?: readonly PropertyKey[];
  readonly message?: string;
}): string {
  const place = path?.map(String).join('.');
  return place ? `${place}: ${message}` : String(message);
}

type Cause = Readonly<Record<string, unknown>>;

/** Lists an error, its causes, and the errors that are gathered in each of them. */
function causesOf(error: unknown, depth = 0): readonly Cause[] {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return [];
  const own = error as Cause;
  const gathered: readonly unknown[] = Array.isArray(own['errors']) ? own['errors'] : [];
  const inner = [...gathered, own['cause']].flatMap((cause) => causesOf(cause, depth + 1));
  // The inner errors come first where they know more. An AggregateError has a code, but no address.
  return own['address'] === undefined
    ? [...inner.filter((cause) => 'address' in cause), own, ...inner]
    : [own];
}
