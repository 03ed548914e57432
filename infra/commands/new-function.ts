/** `npm run function:new -- NAME` makes a function with its entry in the table, its handler and its test. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { HttpMethod } from '../../functions/function-entry.ts';
import { FUNCTIONS, ROUTES } from '../../functions/functions.ts';
import { filesOfRoute, namesOf } from './new-function-files.ts';
import { filesOfWorker, type WorkerTrigger } from './new-worker-files.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const TABLE = path.join(ROOT, 'functions/functions.ts');
export interface NewFunction {
  readonly name: string;
  readonly room: string;
  readonly trigger: NewRoute | { readonly kind: WorkerTrigger };
}

interface NewRoute {
  readonly kind: 'route';
  readonly method: HttpMethod;
  /** It has its parameters in braces. */
  readonly path: string;
}

/** The adapters of all rooms stand on this one, and it has no use cases. */
const NO_USE_CASES = ['aws'];

/**
 * Writes the files of a function, lists its entry and makes the tables of the documentation again.
 * @returns its folder
 * @throws Error where the name, the route or the room is refused; nothing is left of a function that could not be made
 */
export async function newFunction(wanted: NewFunction): Promise<string> {
  refuseWhatIsWrong(wanted);
  const folder = `functions/${wanted.room}/${wanted.name}`;
  const target = path.join(ROOT, folder);
  const table = await readFile(TABLE, 'utf8');
  await mkdir(target, { recursive: true });
  try {
    for (const [file, text] of Object.entries(filesOf(wanted)))
      await writeFile(path.join(target, file), text);
    await writeFile(TABLE, withEntry(table, wanted));
    const formatter = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'));
    await run(formatter, 'format', '--write', folder, TABLE);
    await run('test/docs/write-tables.command.ts');
  } catch (error) {
    await rm(target, { recursive: true });
    await writeFile(TABLE, table);
    throw error;
  }
  return folder;
}

function filesOf({ name, trigger }: NewFunction): Readonly<Record<string, string>> {
  return trigger.kind === 'route' ? filesOfRoute({ name, ...trigger }) : filesOfWorker(name, trigger.kind);
}

function refuseWhatIsWrong({ name, room, trigger }: NewFunction): void {
  if (FUNCTIONS.some((entry) => entry.name === name)) throw new Error(`There is a function ${name} already`);
  if (trigger.kind === 'route') refuseTakenRoute(trigger);
  const rooms = readdirSync(path.join(ROOT, 'shared')).filter((one) => !NO_USE_CASES.includes(one));
  if (!rooms.includes(room)) throw new Error(`There is no room "${room}"; there are: ${rooms.join(', ')}`);
  if (existsSync(path.join(ROOT, 'functions', room, name)))
    throw new Error(`functions/${room}/${name} is there already`);
}

function refuseTakenRoute({ method, path: route }: NewRoute): void {
  const shape = (text: string) => text.replaceAll(/\{\w+\}/g, '{}');
  const taken = ROUTES.find((one) => one.method === method && shape(one.path) === shape(route));
  if (taken) throw new Error(`${taken.name} serves ${taken.method} ${taken.path} already`);
  const parameters = namesOf(route);
  if (new Set(parameters).size < parameters.length) throw new Error(`${route} has a parameter twice`);
}

/** The new one comes last in the list of imports and in the list of entries. */
function withEntry(table: string, { name, room }: NewFunction): string {
  const constant = constantOf(name);
  return table
    .replace(
      /\n\nexport const FUNCTIONS/,
      (found) => `\nimport { ${constant} } from './${room}/${name}/function.ts';${found}`,
    )
    .replace(/\n\];/, (found) => `\n  ${constant},${found}`);
}

function constantOf(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

async function run(...words: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, words, { cwd: ROOT });
}
