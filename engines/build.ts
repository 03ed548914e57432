import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ENGINES = import.meta.dirname;
const OUTPUT = path.join(ENGINES, '..', '.rgs', 'engines');

export interface BuiltEngine {
  readonly name: string;
  /** Absolute path of the WebAssembly module. */
  readonly path: string;
  /** SHA-256 of the module, hex: the name under which it is published. */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * No run-time support, so that nothing is imported: memory is never freed, and an abort is a trap. 1,024 pages are the
 * 64 MiB that an engine may have.
 */
const OPTIONS = [
  '-O3',
  '--runtime',
  'stub',
  '--use',
  'abort=',
  '--enable',
  'simd',
  '--maximumMemory',
  '1024',
];

/** Compiles every game of this folder whose sources have changed. The same sources give the same bytes. */
export async function buildEngines(): Promise<readonly BuiltEngine[]> {
  await mkdir(OUTPUT, { recursive: true });
  const built: BuiltEngine[] = [];
  for (const name of await gameNames()) built.push(await buildEngine(name));
  return built;
}

async function gameNames(): Promise<string[]> {
  const entries = await readdir(ENGINES, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders
    .filter((name) => name !== 'sdk' && existsSync(path.join(ENGINES, name, 'assembly/index.ts')))
    .sort();
}

async function buildEngine(name: string): Promise<BuiltEngine> {
  const file = path.join(OUTPUT, `${name}.wasm`);
  const stampFile = `${file}.sources`;
  const stamp = await sourcesHash(name);
  const upToDate = existsSync(file) && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp;
  if (!upToDate) {
    await compile(name, file);
    await writeFile(stampFile, stamp);
  }
  const wasm = await readFile(file);
  return { name, path: file, hash: createHash('sha256').update(wasm).digest('hex'), bytes: wasm.length };
}

/** Of everything that the module is made from: its own sources, the kit's and the compiler. */
async function sourcesHash(name: string): Promise<string> {
  const hash = createHash('sha256').update(OPTIONS.join(' '));
  for (const folder of [path.join(ENGINES, 'sdk/assembly'), path.join(ENGINES, name, 'assembly')]) {
    for (const file of (await readdir(folder)).sort()) {
      hash.update(file).update(await readFile(path.join(folder, file)));
    }
  }
  const compiler = new URL(import.meta.resolve('assemblyscript/package.json'));
  return hash.update(await readFile(compiler)).digest('hex');
}

/** By the compiler's own command: its types would redefine globals such as `console` for the whole project. */
async function compile(name: string, file: string): Promise<void> {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));
  const entry = path.join('engines', name, 'assembly/index.ts');
  const root = path.join(ENGINES, '..');
  const options = [entry, '-o', path.relative(root, file), ...OPTIONS];
  await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: root }).catch((cause: unknown) => {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`engines/${name} does not compile:\n${stderr}`, { cause });
  });
}

if (import.meta.main) {
  for (const { name, hash, bytes } of await buildEngines()) {
    console.log(`${name.padEnd(20)} ${hash} ${(bytes / 1000).toFixed(1).padStart(7)} KB`);
  }
}
