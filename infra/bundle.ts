/** Bundles every function into one file that needs nothing else: `.rgs/bundles/<name>/handler.mjs`. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
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
  const groups = Map.groupBy(names, trimmingFor);
  const bundled = await Promise.all(
    [...groups].map(([plugins, members]) =>
      bundleGroup(members, [...plugins], functionsDirectory, outputDirectory),
    ),
  );
  return bundled.flat().sort((left, right) => left.name.localeCompare(right.name));
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

/** In one go, because the functions share most of what they are made of and it is read only once. */
async function bundleGroup(
  names: readonly string[],
  plugins: Plugin[],
  functionsDirectory: string,
  outputDirectory: string,
): Promise<BundledFunction[]> {
  const outdir = join(outputDirectory, 'bundles');
  const { outputFiles, metafile } = await build({
    ...BUILD,
    entryPoints: names.map((name) => ({
      in: join(functionsDirectory, name, 'handler.ts'),
      out: `${name}/handler`,
    })),
    outdir,
    outExtension: { '.js': '.mjs' },
    plugins,
    write: false,
    metafile: true,
  });
  const contentsOf = (path: string) =>
    outputFiles.find((file) => file.path === path)?.contents ?? new Uint8Array();
  return Promise.all(
    names.map(async (name) => {
      const outfile = join(outdir, name, 'handler.mjs');
      const code = contentsOf(outfile);
      const output = metafile.outputs[relative(ROOT, outfile)];
      await Promise.all([
        writeChanged(outfile, code),
        writeChanged(
          join(outputDirectory, 'source-maps', name, 'handler.mjs.map'),
          contentsOf(`${outfile}.map`),
        ),
        writeChanged(join(outputDirectory, 'metafiles', `${name}.json`), Buffer.from(JSON.stringify(output))),
      ]);
      return { name, bytes: code.byteLength, gzippedBytes: gzipSync(code, { level: 9 }).byteLength };
    }),
  );
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
