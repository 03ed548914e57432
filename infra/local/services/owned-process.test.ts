import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startOwned } from './owned-process.ts';
import { programsRunningOn, temporaryFolder } from '../../../test/kit/services.ts';

/** A program that says "ready" and runs until it is told to stop; `stubborn` ones do not listen. */
function programIn(folder: string, stubborn = false): string {
  const file = join(folder, 'program.mjs');
  const source = stubborn ? "process.on('SIGTERM', () => {});" : '';
  writeFileSync(file, `${source} setInterval(() => {}, 1000); console.error('ready');`);
  return file;
}

describe('a process that is owned', () => {
  it('dies with its owner, even when that is killed without a chance to act', async () => {
    const folder = temporaryFolder();
    const owner = join(temporaryFolder(), 'owner.mjs');
    writeFileSync(
      owner,
      `import { startOwned } from ${JSON.stringify(import.meta.resolve('./owned-process.ts'))};
       startOwned(process.execPath, [${JSON.stringify(programIn(folder))}]);
       console.log('started'); setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [owner], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(createInterface({ input: child.stdout }), 'line');
    await vi.waitUntil(() => programsRunningOn(folder).length === 1, { timeout: 5_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await vi.waitUntil(() => programsRunningOn(folder).length === 0, { timeout: 5_000 });
  });

  it('is gone when its owner has stopped it', async () => {
    const folder = temporaryFolder();
    const owned = startOwned(process.execPath, [programIn(folder)]);
    await owned.said('ready');
    expect(programsRunningOn(folder)).toHaveLength(1);
    await owned.stop();
    expect(programsRunningOn(folder)).toEqual([]);
  });

  it('is killed when it does not stop by itself', async () => {
    const folder = temporaryFolder();
    const owned = startOwned(process.execPath, [programIn(folder, true)]);
    await owned.said('ready');
    expect(programsRunningOn(folder)).toHaveLength(1);
    await owned.stop();
    expect(programsRunningOn(folder)).toEqual([]);
  });

  it('says why it ended by itself', async () => {
    const failing = startOwned(process.execPath, ['-e', 'console.error("no space left"); process.exit(3)']);
    expect(await failing.exited).toEqual({ description: 'no space left (exit 3)' });
    const silent = startOwned(process.execPath, ['-e', 'process.exit(3)']);
    expect(await silent.exited).toEqual({ description: '(exit 3)' });
    await silent.stop();
  });
});
