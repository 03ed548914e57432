/** Records what bundles were made of. While that is unchanged, nobody need build them again. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..');

/** These files count beside the sources. The last one says what is installed. */
const BUILDERS = [
  'infra/bundle.ts',
  'infra/bundle-trimming.ts',
  'tsconfig.json',
  'node_modules/.package-lock.json',
];

/** The clocks of file systems are behind by some milliseconds. */
const SETTLED_MS = 1_000;

const BundleRecord = z.strictObject({ inputs: z.array(z.string()), hash: z.string() });
type BundleRecord = z.infer<typeof BundleRecord>;

export interface Bundles {
  /** The folder of the functions. */
  readonly names: readonly string[];
  /** The folder that has one folder for each function. */
  readonly directory: string;
}

/**
 * @param inputs every file that was read, by its path from the root of the project
 * @returns undefined where a file was written about when the build began, because the build may have read it before
 */
export async function recordOf(
  bundles: Bundles,
  inputs: readonly string[],
  startedAtMs: number,
): Promise<BundleRecord | undefined> {
  const states = await Promise.all(inputs.map((input) => stat(resolve(ROOT, input))));
  if (states.some(({ mtimeMs }) => mtimeMs > startedAtMs - SETTLED_MS)) return undefined;
  return { inputs: [...inputs], hash: await hashOf(bundles, inputs) };
}

/** Tells whether the bundles are those of the record, so that a build would make the same ones. */
export async function isCurrent(bundles: Bundles, recordFile: string): Promise<boolean> {
  try {
    const { inputs, hash } = BundleRecord.parse(JSON.parse(await readFile(recordFile, 'utf8')));
    return (await hashOf(bundles, inputs)) === hash;
  } catch {
    // Nothing is recorded yet, or a file is gone. A build is needed.
    return false;
  }
}

async function hashOf({ names, directory }: Bundles, inputs: readonly string[]): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const bundled = entries.filter((entry) => !entry.isDirectory());
  const paths = [
    ...[...BUILDERS, ...inputs].map((path) => resolve(ROOT, path)),
    ...bundled.map(({ parentPath, name }) => join(parentPath, name)).sort(),
  ];
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const hash = createHash('sha256').update(JSON.stringify([names, paths]));
  for (const content of contents) hash.update(`\0${content.byteLength}\0`).update(content);
  return hash.digest('hex');
}
