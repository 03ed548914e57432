import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import * as z from 'zod';
import { COMPILER_OPTIONS, compileEngine } from './compile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = join(root, '.rgs/engines');

export interface BuiltEngine {
  readonly name: string;
  /** The absolute path of the module. */
  readonly path: string;
  /** SHA-256 of the module, hex: the name that it is published under. */
  readonly hash: string;
  readonly bytes: number;
  /** The SHA-256 over the sources, the compiler's version and its options, as hex. */
  readonly sourcesHash: string;
  /** The compiler's name and version. */
  readonly compiler: string;
}

/** The file `<name>.json` beside a module, which says what is known of it. */
const Provenance = z.object({ hash: z.string(), sourcesHash: z.string(), compiler: z.string() });
type Provenance = z.infer<typeof Provenance>;

/** Compiles every engine of the wire contract whose sources changed since it was last built. @returns all of them */
export async function buildEngines(): Promise<readonly BuiltEngine[]> {
  return Promise.all(engineNames().map(buildEngine));
}

/** Lists every folder that has a game of the wire contract. */
export function engineNames(): string[] {
  return gamesWith('index.ts').filter((name) => name !== 'sdk');
}

/** Lists every folder that has a game of the realtime contract. */
export function realtimeNames(): string[] {
  return gamesWith('realtime.ts').filter((name) => name !== 'sdk');
}

function gamesWith(entry: string): string[] {
  return globSync(`engines/*/assembly/${entry}`, { cwd: root })
    .map((found) => basename(dirname(dirname(found))))
    .sort();
}

/** @throws Error where there is none of that name, or it does not compile */
export async function buildEngine(name: string): Promise<BuiltEngine> {
  if (!engineNames().includes(name)) throw new Error(`There is no engine in engines/${name}`);
  return buildModule(name, [`engines/${name}/assembly/index.ts`]);
}

/** @throws Error where there is none of that name, or it does not compile */
export async function buildRealtime(name: string): Promise<BuiltEngine> {
  if (!realtimeNames().includes(name)) throw new Error(`There is no realtime engine in engines/${name}`);
  return buildModule(name, [`engines/${name}/assembly/realtime.ts`]);
}

/** Builds a game of either contract. @throws Error where there is none of that name, or it does not compile */
export function buildGame(name: string): Promise<BuiltEngine> {
  return realtimeNames().includes(name) ? buildRealtime(name) : buildEngine(name);
}

/**
 * Compiles entry files, named relative to the repository, into one module. The module is kept until a file of their folders
 * or of the kit changes.
 */
export async function buildModule(name: string, entries: readonly string[]): Promise<BuiltEngine> {
  await mkdir(outDir, { recursive: true });
  const path = join(outDir, `${name}.wasm`);
  const compiler = await compilerVersion();
  const sourcesHash = await hashSources(entries, compiler);
  const before = await readProvenance(name);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && before?.sourcesHash === sourcesHash && before.hash === sha256(kept)) {
    return { name, path, bytes: kept.byteLength, ...before };
  }
  const module = await compileTo(path, entries);
  const provenance: Provenance = { hash: sha256(module), sourcesHash, compiler };
  await writeWhole(join(outDir, `${name}.json`), `${JSON.stringify(provenance, null, 2)}\n`);
  return { name, path, bytes: module.byteLength, ...provenance };
}

/** Writes under another name first, so that nobody who builds at the same time reads half of a module. */
async function compileTo(path: string, entries: readonly string[]): Promise<Uint8Array> {
  const unfinished = unfinishedName(path);
  await compileEngine(entries, unfinished);
  const module = await readFile(unfinished);
  await rename(unfinished, path);
  return module;
}

async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = unfinishedName(path);
  await writeFile(unfinished, text);
  await rename(unfinished, path);
}

function unfinishedName(path: string): string {
  return `${path}.${process.pid}-${threadId}`;
}

async function readProvenance(name: string): Promise<Provenance | undefined> {
  try {
    return Provenance.parse(JSON.parse(await readFile(join(outDir, `${name}.json`), 'utf8')));
  } catch {
    return undefined;
  }
}

async function hashSources(entries: readonly string[], compiler: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([compiler, COMPILER_OPTIONS, entries]));
  const folders = ['engines/sdk/assembly', ...entries.map((entry) => dirname(entry))];
  const patterns = [...new Set(folders)].map((folder) => `${folder}/**/*.ts`);
  for (const file of globSync(patterns, { cwd: root }).sort()) {
    const source = await readFile(join(root, file), 'utf8');
    checkReferences(file, source, folders);
    hash.update(`\0${file}\0`).update(source);
  }
  return hash.digest('hex');
}

/** The hash must cover everything that a module is made of. Otherwise a change elsewhere would be neither built nor noticed. */
function checkReferences(file: string, source: string, folders: readonly string[]): void {
  for (const [, reference = ''] of source.matchAll(/\bfrom\s*["']([^"']+)["']/g)) {
    const target = join(dirname(file), reference);
    if (
      reference.startsWith('.') &&
      folders.some((folder) => target === folder || target.startsWith(`${folder}/`))
    ) {
      continue;
    }
    throw new Error(`${file} imports ${reference}; an engine is made of its own folder and the kit's`);
  }
}

async function compilerVersion(): Promise<string> {
  const text = await readFile(fileURLToPath(import.meta.resolve('assemblyscript/package.json')), 'utf8');
  return `assemblyscript ${z.object({ version: z.string() }).parse(JSON.parse(text)).version}`;
}

export function goldenPath(name: string): URL {
  return new URL(`${name}/golden.json`, import.meta.url);
}

/** Lists the games whose playthrough nobody has recorded. */
export function gamesWithoutGolden(names: readonly string[]): string[] {
  return names.filter((name) => !existsSync(goldenPath(name)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

if (import.meta.main) {
  for (const { name, hash, bytes } of [
    ...(await buildEngines()),
    ...(await Promise.all(realtimeNames().map(buildRealtime))),
  ]) {
    console.log(`${name.padEnd(20)} ${hash} ${(bytes / 1000).toFixed(1).padStart(7)} KB`);
  }
  for (const name of gamesWithoutGolden([...engineNames(), ...realtimeNames()])) {
    console.error(`${name} has no golden playthrough. Record it: npm run engine:record -- ${name}`);
    process.exitCode = 1;
  }
}
