/** `npm run engine:new -- NAME` makes a new game in engines/NAME: a copy of the starter slot under its own name. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordGolden } from './golden.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const TEMPLATE = 'starter-slot';
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** A game's code may have so many characters. */
const MAX_NAME_LENGTH = 48;

/**
 * Copies the template, puts the new name in place of the template's, and records the golden playthrough. Nothing is left of a
 * game that could not be made.
 * @throws Error where the name is no name for a game, or is taken
 */
export async function newEngine(name: string): Promise<void> {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new Error(
      `A name has lower-case letters and digits, with single "-" between, at most ${MAX_NAME_LENGTH}`,
    );
  }
  const target = join(folder, name);
  if (existsSync(target)) throw new Error(`engines/${name} is there already`);
  await mkdir(target);
  try {
    await cp(join(folder, TEMPLATE), target, { recursive: true });
    await rm(join(target, 'golden.json'));
    for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await renameInside(entry.parentPath, entry.name, name);
    }
    await format(target);
    await recordGolden(name);
  } catch (error) {
    await rm(target, { recursive: true });
    throw error;
  }
}

/** Every spelling of the template's name, in files and in their names. */
async function renameInside(parent: string, file: string, name: string): Promise<void> {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const text = (await readFile(join(parent, file), 'utf8'))
    .replaceAll(TEMPLATE, name)
    .replaceAll('StarterSlot', words.join(''))
    .replaceAll('Starter Slot', words.join(' '));
  await writeFile(join(parent, file), text);
  await rename(join(parent, file), join(parent, file.replace(TEMPLATE, name)));
}

/** Formats the files, because a line's length depends on the name. */
async function format(target: string): Promise<void> {
  const formatter = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'));
  await promisify(execFile)(process.execPath, [formatter, 'format', '--write', target], {
    cwd: join(folder, '..'),
  });
}
