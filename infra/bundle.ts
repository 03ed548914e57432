/** Bundles every function into a folder that needs nothing else: `.rgs/bundles/<name>/`, one file but for parts on demand. */
import { randomUUID } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { type Bundles, isCurrent, recordOf } from './bundle-record.ts';
import { isPart, partsLeftOut, trimmingFor } from './bundle-trimming.ts';

const ROOT = join(import.meta.dirname, '..');
/** The file that says what the bundles beside it were made of. */
const RECORD = 'bundles.json';

export interface BundledFunction {
  readonly name: string;
  /** The size of what every cold start loads. */
  readonly bytes: number;
  readonly gzippedBytes: number;
  /** The size of what lies beside it until it is needed. */
  readonly onDemandGzippedBytes: number;
}

export interface BundleOptions {
  readonly functionsDirectory?: string;
  /** The folder that gets `bundles/`. It also gets `source-maps/`, `metafiles/` and `bundles.json`, which are not deployed. */
  readonly outputDirectory?: string;
}

/**
 * Bundles all functions. The same sources give the same bytes, so a deployment changes only the functions that changed.
 * @returns sizes by name, in the order of the names
 */
export async function bundleFunctions(options: BundleOptions = {}): Promise<readonly BundledFunction[]> {
  const startedAtMs = Date.now();
  const { handlers, outputDirectory, bundles } = placesOf(options);
  const { names } = bundles;
  await removeOthers(bundles.directory, names);
  const groups = Map.groupBy(names, trimmingFor);
  const bundled = await Promise.all(
    [...groups].map(([plugins, members]) => bundleGroup(members, plugins, handlers)),
  );
  const whole = await Promise.all(
    bundled.flat().map(async (bundle) => (bundle.onDemand ? bundleWithParts(bundle.name, handlers) : bundle)),
  );
  const sizes = await Promise.all(whole.map((bundle) => writeBundle(bundle, outputDirectory)));
  const inputs = new Set([...bundled.flat(), ...whole].flatMap((bundle) => bundle.inputs));
  const record = await recordOf(bundles, [...inputs].sort(), startedAtMs);
  if (record) {
    const file = join(outputDirectory, RECORD);
    await writeChanged(file, Buffer.from(JSON.stringify(record)), outputDirectory);
  }
  return sizes.sort((left, right) => left.name.localeCompare(right.name));
}

/** Builds only where the bundles differ from what a build would make. */
export async function bundleChangedFunctions(options: BundleOptions = {}): Promise<void> {
  const { bundles, outputDirectory } = placesOf(options);
  if (!(await isCurrent(bundles, join(outputDirectory, RECORD)))) await bundleFunctions(options);
}

/** The path of each function's handler, by the function's name. */
type Handlers = ReadonlyMap<string, string>;

interface Places {
  readonly handlers: Handlers;
  readonly outputDirectory: string;
  readonly bundles: Bundles;
}

function placesOf(options: BundleOptions): Places {
  const handlers = handlersIn(options.functionsDirectory ?? join(ROOT, 'functions'));
  const outputDirectory = options.outputDirectory ?? join(ROOT, '.rgs');
  return {
    handlers,
    outputDirectory,
    bundles: { names: [...handlers.keys()], directory: join(outputDirectory, 'bundles') },
  };
}

/**
 * The handlers are `<room>/<name>/handler.ts`. The names alone are in the stack, so no two rooms may use one twice.
 * They come in the order of the names.
 */
function handlersIn(functionsDirectory: string): Handlers {
  const handlers = new Map<string, string>();
  const found = globSync('*/*/handler.ts', { cwd: functionsDirectory });
  for (const file of found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    if (file.startsWith('_')) continue;
    if (handlers.has(nameOf(file))) throw new Error(`Two functions are called ${nameOf(file)}`);
    handlers.set(nameOf(file), join(functionsDirectory, file));
  }
  return handlers;
}

function nameOf(handlerFile: string): string {
  return basename(dirname(handlerFile));
}

function handlerOf(handlers: Handlers, name: string): string {
  const handler = handlers.get(name);
  if (handler === undefined) throw new Error(`There is no handler of ${name}`);
  return handler;
}

/** Removes what an earlier build left, so that a function that is gone is not deployed. */
async function removeOthers(directory: string, names: readonly string[]): Promise<void> {
  if (!existsSync(directory)) return;
  const stale = (await readdir(directory)).filter((name) => !names.includes(name));
  await Promise.all(stale.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

interface Bundle {
  readonly name: string;
  /** The files by their names in the function's folder. The names of source maps end with `.map`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The size of the files that every cold start loads. */
  readonly outputs: Readonly<Record<string, Metafile['outputs'][string]>>;
  /** Every file that the build read, also where nothing of the file is left. */
  readonly inputs: readonly string[];
  /** Whether the bundle can load what is not in it. */
  readonly onDemand: boolean;
}

/** Builds the functions in one go. They share most of their sources, which are then read only once. */
async function bundleGroup(
  names: readonly string[],
  plugins: readonly Plugin[],
  handlers: Handlers,
): Promise<Bundle[]> {
  const { outputFiles, metafile } = await build({
    ...BUILD,
    entryPoints: names.map((name) => ({
      in: handlerOf(handlers, name),
      out: `${name}/handler`,
    })),
    plugins: [...plugins, partsLeftOut],
  });
  const inputs = Object.keys(metafile.inputs);
  return names.map((name) => {
    const files = outputFiles.filter(({ path }) => basename(dirname(path)) === name);
    const output = metafile.outputs[`${OUTDIR}/${name}/handler.mjs`];
    if (!output) throw new Error(`There is no bundle of ${name}`);
    const onDemand = output.imports.some(({ kind, path }) => kind === 'dynamic-import' && isPart(path));
    return { name, files: contentsByName(files), outputs: { 'handler.mjs': output }, inputs, onDemand };
  });
}

/**
 * Builds one function by itself, with a file for each module that is loaded on demand. Functions of one build would share
 * files, and each function is deployed without the others.
 */
async function bundleWithParts(name: string, handlers: Handlers): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...BUILD,
    splitting: true,
    // Source maps name their sources from here on, and each function's maps have a folder of their own.
    outdir: `${OUTDIR}/${name}`,
    entryPoints: [{ in: handlerOf(handlers, name), out: 'handler' }],
    plugins: [...trimmingFor(name)],
  });
  const outputs: Record<string, Metafile['outputs'][string]> = {};
  const atOnce = ['handler.mjs'];
  for (const file of atOnce) {
    const output = metafile.outputs[`${OUTDIR}/${name}/${file}`];
    if (!output || outputs[file]) continue;
    outputs[file] = output;
    const imported = output.imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    atOnce.push(...imported.map(({ path }) => basename(path)));
  }
  return {
    name,
    files: contentsByName(outputFiles),
    outputs,
    inputs: Object.keys(metafile.inputs),
    onDemand: true,
  };
}

function contentsByName(files: readonly OutputFile[]): ReadonlyMap<string, Uint8Array> {
  return new Map(files.map(({ path, contents }) => [basename(path), contents]));
}

async function writeBundle(
  { name, files, outputs }: Bundle,
  outputDirectory: string,
): Promise<BundledFunction> {
  const folder = join(outputDirectory, 'bundles', name);
  const code = [...files.keys()].filter((file) => !file.endsWith('.map'));
  await removeOthers(folder, code);
  await Promise.all(
    [...files].map(([file, contents]) =>
      writeChanged(
        file.endsWith('.map') ? join(outputDirectory, 'source-maps', name, file) : join(folder, file),
        contents,
        outputDirectory,
      ),
    ),
  );
  const metafile = join(outputDirectory, 'metafiles', `${name}.json`);
  await writeChanged(metafile, Buffer.from(JSON.stringify(outputs)), outputDirectory);
  const gzipped = (names: readonly string[]) =>
    names.reduce((sum, file) => sum + gzipSync(files.get(file) ?? '', { level: 9 }).byteLength, 0);
  const atOnce = Object.keys(outputs);
  return {
    name,
    bytes: atOnce.reduce((sum, file) => sum + (files.get(file)?.byteLength ?? 0), 0),
    gzippedBytes: gzipped(atOnce),
    onDemandGzippedBytes: gzipped(code.filter((file) => !atOnce.includes(file))),
  };
}

/**
 * Writes a file, and leaves an identical one alone, so that whatever watches or runs the bundles sees only real changes. A
 * changed file comes whole, from elsewhere in `outputDirectory`. Nobody who builds or deploys at the same time reads half of
 * a file, or takes it for stale.
 */
async function writeChanged(path: string, contents: Uint8Array, outputDirectory: string): Promise<void> {
  if (existsSync(path) && (await readFile(path)).equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = join(outputDirectory, `unfinished-${randomUUID()}`);
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

/** The names of outputs are relative to this folder. Nothing is written there. */
const OUTDIR = '.rgs/bundles';

const BUILD = {
  absWorkingDir: ROOT,
  outdir: OUTDIR,
  outExtension: { '.js': '.mjs' },
  write: false,
  metafile: true,
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
  // Every function would repeat what is wrong in a module that they share. The first failure says it once.
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
  for (const { name, bytes, gzippedBytes, onDemandGzippedBytes } of await bundleFunctions()) {
    const onDemand = onDemandGzippedBytes > 0 ? `${kilobytes(onDemandGzippedBytes)} on demand` : '';
    console.log(`${name.padEnd(24)}${kilobytes(bytes)}${kilobytes(gzippedBytes)} gzipped${onDemand}`);
  }
}
