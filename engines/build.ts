import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { COMPILER_OPTIONS, compileEngine } from './compile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = join(root, '.rgs/engines');

export interface BuiltEngine {
  readonly name: string;
  /** Absolute path of the module. */
  readonly path: string;
  /** SHA-256 of the module, hex: the name that it is published under. */
  readonly hash: string;
  readonly bytes: number;
  /** SHA-256 over the sources, the compiler's version and its options, hex. */
  readonly sourcesHash: string;
  /** Name and version. */
  readonly compiler: string;
}

/** What is known of a module beside it, as `<name>.json`. */
const Provenance = z.object({ hash: z.string(), sourcesHash: z.string(), compiler: z.string() });
type Provenance = z.infer<typeof Provenance>;

/** Compiles every engine whose sources changed since it was last built; answers all of them, by name. */
export async function buildEngines(): Promise<readonly BuiltEngine[]> {
  await mkdir(outDir, { recursive: true });
  return Promise.all(engineNames().map(buildEngine));
}

function engineNames(): string[] {
  return globSync('engines/*/assembly/index.ts', { cwd: root })
    .map((entry) => basename(dirname(dirname(entry))))
    .filter((name) => name !== 'sdk')
    .sort();
}

async function buildEngine(name: string): Promise<BuiltEngine> {
  const path = join(outDir, `${name}.wasm`);
  const compiler = await compilerVersion();
  const sourcesHash = await hashSources(name, compiler);
  const before = await readProvenance(name);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && before?.sourcesHash === sourcesHash && before.hash === sha256(kept)) {
    return { name, path, bytes: kept.byteLength, ...before };
  }
  const module = await compileTo(path, name);
  const provenance: Provenance = { hash: sha256(module), sourcesHash, compiler };
  await writeFile(join(outDir, `${name}.json`), `${JSON.stringify(provenance, null, 2)}\n`);
  return { name, path, bytes: module.byteLength, ...provenance };
}

/** Under another name first, so that nobody who builds at the same time reads half of a module. */
async function compileTo(path: string, name: string): Promise<Uint8Array> {
  const unfinished = `${path}.${process.pid}`;
  await compileEngine(`engines/${name}/assembly/index.ts`, unfinished);
  await rename(unfinished, path);
  return readFile(path);
}

async function readProvenance(name: string): Promise<Provenance | undefined> {
  try {
    return Provenance.parse(JSON.parse(await readFile(join(outDir, `${name}.json`), 'utf8')));
  } catch {
    return undefined;
  }
}

async function hashSources(name: string, compiler: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([compiler, COMPILER_OPTIONS]));
  const patterns = ['engines/sdk/assembly/**/*.ts', `engines/${name}/assembly/**/*.ts`];
  for (const file of globSync(patterns, { cwd: root }).sort()) {
    hash.update(`\0${file}\0`).update(await readFile(join(root, file)));
  }
  return hash.digest('hex');
}

async function compilerVersion(): Promise<string> {
  const text = await readFile(fileURLToPath(import.meta.resolve('assemblyscript/package.json')), 'utf8');
  return `assemblyscript ${z.object({ version: z.string() }).parse(JSON.parse(text)).version}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

if (import.meta.main) {
  for (const { name, hash, bytes } of await buildEngines()) {
    console.log(`${name.padEnd(20)} ${hash} ${(bytes / 1000).toFixed(1).padStart(7)} KB`);
  }
}
