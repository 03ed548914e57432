import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEngines, buildModule } from './build.ts';
import { compileEngine } from './compile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('building the engines', () => {
  it('gives the same bytes for the same sources, wherever they are written', async () => {
    const built = (await buildEngines()).find(({ name }) => name === 'happy-panda');
    const again = join(folder, 'again.wasm');
    await compileEngine(['engines/happy-panda/assembly/index.ts'], again);
    expect(
      createHash('sha256')
        .update(await readFile(again))
        .digest('hex'),
    ).toBe(built?.hash);
  });

  it('names each module by its hash and size', async () => {
    for (const { path, hash, bytes } of await buildEngines()) {
      const module = await readFile(path);
      expect(hash).toBe(createHash('sha256').update(module).digest('hex'));
      expect(bytes).toBe(module.length);
    }
  });

  it('leaves a module alone whose sources did not change', async () => {
    const [before] = await buildEngines();
    const written = (await stat(before?.path ?? '')).mtimeMs;
    const [after] = await buildEngines();
    expect(after).toEqual(before);
    expect((await stat(after?.path ?? '')).mtimeMs).toBe(written);
  });

  it('refuses an engine that is made of what its hash does not cover', async () => {
    const root = join(import.meta.dirname, '..');
    const game = await mkdtemp(join(root, '.rgs/unfinished-'));
    try {
      await writeFile(
        join(game, 'index.ts'),
        "export { TILES } from '../../engines/mines/assembly/maths';\n",
      );
      const building = buildModule('unfinished', [relative(root, join(game, 'index.ts'))]);
      await expect(building).rejects.toThrow('imports ../../engines/mines/assembly/maths');
    } finally {
      await rm(game, { recursive: true });
    }
  });

  it("says what is wrong with a source that doesn't compile", async () => {
    await expect(
      compileEngine(['engines/nothing/assembly/index.ts'], join(folder, 'x.wasm')),
    ).rejects.toThrow(/does not compile:\n.*nothing/s);
  });
});
