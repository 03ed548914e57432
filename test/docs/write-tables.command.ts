import { runCommand } from '../../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run docs:tables --',
    summary: 'Writes the tables of the documentation that are made from the code.',
    example: '',
  },
  async () => {
    const [{ readFile, writeFile }, { withTables }] = await Promise.all([
      import('node:fs/promises'),
      import('./made-tables.ts'),
    ]);
    const page = new URL('../../docs/api.md', import.meta.url);
    const before = await readFile(page, 'utf8');
    const after = withTables(before);
    if (after !== before) await writeFile(page, after);
    console.log(after === before ? 'docs/api.md is up to date.' : 'docs/api.md has new tables.');
  },
);
