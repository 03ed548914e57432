import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));

/**
 * Nothing is imported, not even a place to report an abort: that is a trap. Memory is never freed, and its 1,024 pages
 * are the 64 MiB that an engine may have. Bounds checks and assertions stay in.
 */
export const COMPILER_OPTIONS = [
  '-O3',
  '--runtime',
  'stub',
  '--use',
  'abort=',
  '--enable',
  'simd',
  '--maximumMemory',
  '1024',
] as const;

/**
 * Compiles AssemblyScript entry files to one WebAssembly module, which exports what they export. They are named relative
 * to the repository, so that the bytes do not depend on where it lies. The compiler runs as a command because its types would redefine globals.
 * @throws Error with the compiler's messages
 */
export async function compileEngine(entries: readonly string[], outFile: string): Promise<void> {
  const options = [compiler, ...entries, '--outFile', outFile, ...COMPILER_OPTIONS];
  await promisify(execFile)(process.execPath, options, { cwd: root }).catch((cause: unknown) => {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`${entries.join(', ')} does not compile:\n${stderr}`, { cause });
  });
}
