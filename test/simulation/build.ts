import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Mistake, planted } from './mistakes.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Bundles the simulation with the product's handlers, in which only the composition root is another one. A mistake is put
 * into the product's source on the way.
 * @returns the path of the bundle
 */
export async function testBuild(mistake?: Mistake): Promise<string> {
  const outfile = join(ROOT, '.rgs/simulation', `${mistake ?? 'clean'}.mjs`);
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [simulatedComposition, ...(mistake ? [plant(mistake)] : [])],
  });
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(outfile, outputFiles[0]?.contents ?? '');
  return outfile;
}

const simulatedComposition: Plugin = {
  name: 'simulated-composition',
  setup: (building) => {
    building.onResolve({ filter: /\/composition\.ts$/ }, ({ importer }) =>
      importer.startsWith(join(ROOT, 'functions'))
        ? { path: join(import.meta.dirname, 'composition.ts') }
        : undefined,
    );
  },
};

function plant(mistake: Mistake): Plugin {
  const { file, original, wrong } = planted[mistake];
  const path = join(ROOT, file);
  return {
    name: `mistake-${mistake}`,
    setup: (building) => {
      building.onLoad({ filter: /\.ts$/ }, async (loaded) => {
        if (loaded.path !== path) return undefined;
        const source = await readFile(path, 'utf8');
        const [before, after, ...more] = source.split(original);
        if (before === undefined || after === undefined || more.length > 0)
          throw new Error(`${mistake}: what it replaces is not in ${file} exactly once`);
        return { contents: `${before}${wrong}${after}`, loader: 'ts' };
      });
    },
  };
}
