/** Bundles every function into one file that needs nothing else: `.rgs/bundles/<name>/handler.mjs`. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { trimmingFor } from './bundle-trimming.ts';

const ROOT = join(import.meta.dirname, '..');

export interface BundledFunction {
  readonly name: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

export interface BundleOptions {
  readonly functionsDirectory?: string;
  /** Gets `bundles/`, and beside it `source-maps/` and `metafiles/`, which are not deployed. */
  readonly outputDirectory?: string;
}

/**
 * The same sources give the same bytes, so that a deployment changes only the functions that changed.
 * @returns sizes by name, in the order of the names
 */
export async function bundleFunctions(options: BundleOptions = {}): Promise<readonly BundledFunction[]> {
  const functionsDirectory = options.functionsDirectory ?? join(ROOT, 'functions');
  const outputDirectory = options.outputDirectory ?? join(ROOT, '.rgs');
  const names = await functionNames(functionsDirectory);
  await removeOthers(join(outputDirectory, 'bundles'), names);
  return Promise.all(names.map((name) => bundleFunction(name, functionsDirectory, outputDirectory)));
}

async function functionNames(functionsDirectory: string): Promise<string[]> {
  if (!existsSync(functionsDirectory)) return [];
  const entries = await readdir(functionsDirectory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(functionsDirectory, name, 'handler.ts')))
    .sort();
}

/** A function that is gone must not be deployed from what an earlier build left. */
async function removeOthers(bundlesDirectory: string, names: readonly string[]): Promise<void> {
  if (!existsSync(bundlesDirectory)) return;
  const stale = (await readdir(bundlesDirectory)).filter((name) => !names.includes(name));
  await Promise.all(stale.map((name) => rm(join(bundlesDirectory, name), { recursive: true })));
}

async function bundleFunction(
  name: string,
  functionsDirectory: string,
  outputDirectory: string,
): Promise<BundledFunction> {
  const outfile = join(outputDirectory, 'bundles', name, 'handler.mjs');
  const result = await build({
    ...BUILD,
    entryPoints: [join(functionsDirectory, name, 'handler.ts')],
    outfile,
    plugins: trimmingFor(name),
    write: false,
    metafile: true,
  });
  const code = result.outputFiles.find(({ path }) => path === outfile)?.contents ?? new Uint8Array();
  const map = result.outputFiles.find(({ path }) => path === `${outfile}.map`)?.contents ?? new Uint8Array();
  await Promise.all([
    writeChanged(outfile, code),
    writeChanged(join(outputDirectory, 'source-maps', name, 'handler.mjs.map'), map),
    writeChanged(
      join(outputDirectory, 'metafiles', `${name}.json`),
      Buffer.from(JSON.stringify(result.metafile)),
    ),
  ]);
  return { name, bytes: code.byteLength, gzippedBytes: gzipSync(code, { level: 9 }).byteLength };
}

/** Leaves an identical file alone: whatever watches or runs the bundles sees only real changes. */
async function writeChanged(path: string, contents: Uint8Array): Promise<void> {
  if (existsSync(path) && (await readFile(path)).equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

const BUILD = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  charset: 'utf8',
  legalComments: 'none',
  sourcemap: 'external',
  // Every function would repeat what is wrong in a module they share; the first failure says it once.
  logLevel: 'silent',
  define: { 'process.env.NODE_ENV': '"production"' },
  // In Lambda, credentials always come from the environment. The SDK's default chain also looks in files, SSO,
  // processes and instance metadata, and costs every bundle some 35 KB gzipped.
  alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'functions/_runtime/lambda-credentials.ts') },
  // CommonJS dependencies call require(), which an ES module does not have.
  banner: {
    js: "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

if (import.meta.main) {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`.padStart(10);
  for (const { name, bytes, gzippedBytes } of await bundleFunctions())
    console.log(`${name.padEnd(24)}${kilobytes(bytes)}${kilobytes(gzippedBytes)} gzipped`);
}
