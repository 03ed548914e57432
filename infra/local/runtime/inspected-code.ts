import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Copies a function's bundle to a folder where each file names its source map, so that a debugger shows the sources.
 * The deployed bundle names none, and must stay as it is.
 * @param sourceMaps the folder with the maps of this bundle, each called as its file with `.map` behind it
 * @returns the folder of the copy
 */
export function copyWithSourceMaps(codeDirectory: string, sourceMaps: string, copy: string): string {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const file of readdirSync(codeDirectory)) {
    const code = readFileSync(path.join(codeDirectory, file), 'utf8');
    const map = path.join(sourceMaps, `${file}.map`);
    const comment = existsSync(map) ? `\n//# sourceMappingURL=${pathToFileURL(map).href}\n` : '';
    writeFileSync(path.join(copy, file), `${code}${comment}`);
  }
  return copy;
}
