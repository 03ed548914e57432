import { readFile, rename, writeFile } from 'node:fs/promises';
import type * as z from 'zod';

/**
 * Reads the last state that was written. It is undefined where none was.
 * @throws where there is a file that cannot be read as what it should hold
 */
export async function readState<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
}

/** Replaces the file as a whole: after a crash it holds either the old state or the new one. */
export async function writeState(file: string, state: unknown): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(state), { flush: true });
  await rename(draft, file);
}
