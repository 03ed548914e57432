/** The tables of the pages that are made from the code. `npm run docs:tables` writes them, and a test compares them. */
import { ROUTES } from '../../functions/functions.ts';

const tables: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  routes: () => [
    ['route', 'for', 'who may'],
    ...ROUTES.map(({ method, path, summary, callers }) => [
      `\`${method} ${path}\``,
      `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
      callers,
    ]),
  ],
};

/**
 * Puts each table between its markers, whatever was there before.
 * @throws Error where a marker names no table or has no end
 */
export function withTables(text: string): string {
  const begun = text.match(/<!-- table /g)?.length ?? 0;
  let written = 0;
  const result = text.replaceAll(
    /^(<!-- table (\S+), [^>]* -->)\n[\s\S]*?^(<!-- end -->)$/gm,
    (_, begin: string, name: string, end: string) => {
      const table = tables[name];
      if (!table)
        throw new Error(`There is no table "${name}"; there are: ${Object.keys(tables).join(', ')}`);
      written += 1;
      return [begin, '', ...markdown(table()), '', end].join('\n');
    },
  );
  if (written !== begun) throw new Error('A table has a marker where it begins, and none where it ends');
  return result;
}

/** Cells are as wide as the widest of their column, so that the source can be read. */
function markdown([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}
