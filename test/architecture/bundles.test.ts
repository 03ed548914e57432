import { globSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

async function filesOf(entryPoints: readonly string[]): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    outdir: 'unwritten',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs);
}

const publishing = (file: string) => /engines\/publishing\/|node_modules\/binaryen\//.test(file);

describe('the code that publishes engines', () => {
  it('is part of no function', async () => {
    const files = await filesOf(globSync('functions/*/*/handler.ts', { cwd: root }));
    expect(files).toContain('shared/engines/host/engine-host.ts');
    expect(files.filter(publishing)).toEqual([]);
  }, 60_000);

  it('is found in the command that publishes them', async () => {
    const files = await filesOf(['infra/commands/publish-engine.ts']);
    expect(files.filter(publishing)).toContain('shared/engines/publishing/instrument.ts');
  }, 60_000);
});
