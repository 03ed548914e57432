import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';

/** One import of a file of this project by another one. Both are paths from the root of the project. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every TypeScript file that git knows, but for those that AssemblyScript compiles. */
export async function sourceFiles(root: string): Promise<string[]> {
  return (await languageFiles(root)).filter((file) => !isAssemblyScript(file));
}

/** AssemblyScript has the syntax of TypeScript, but neither its compiler nor its modules. */
export function isAssemblyScript(file: string): boolean {
  return file.includes('/assembly/');
}

/** Lists all files in the language, the AssemblyScript of the engines included. */
export async function languageFiles(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '*.ts'],
    { cwd: root },
  );
  return stdout.split('\n').filter((file) => file !== '');
}

/** Lists what a file imports or exports from others: statically, on demand, and as a type. */
export async function importsOf(root: string, from: string): Promise<Import[]> {
  const source = await readFile(path.join(root, from), 'utf8').catch(() => '');
  const { module } = parseSync(from, source);
  const requested = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest }) => literalIn(source, moduleRequest)),
  ];
  return requested
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from, to: path.posix.join(path.posix.dirname(from), specifier) }));
}

/** A specifier that is put together at run time is none that can be followed. */
function literalIn(
  source: string,
  { start, end }: { readonly start: number; readonly end: number },
): string[] {
  const [, literal] = /^['"]([^'"]+)['"]$/.exec(source.slice(start, end)) ?? [];
  return literal === undefined ? [] : [literal];
}

/** The circles among imports, each as the files that import each other (Tarjan's strongly connected components). */
export function circlesAmong(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = order.size;
    order.set(file, number);
    stack.push(file);
    let low = number;
    for (const { to } of targets.get(file) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (stack.includes(to)) low = Math.min(low, lowest.get(to) ?? order.get(to) ?? low);
    }
    lowest.set(file, low);
    if (low === number) {
      const members = stack.splice(stack.indexOf(file));
      if (members.length > 1 || targets.get(file)?.some(({ to }) => to === file))
        circles.push(members.sort());
    }
    return low;
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return circles;
}
