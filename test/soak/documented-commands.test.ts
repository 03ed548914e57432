import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEnvironment, proofOf } from '../docs/commands.ts';
import { commandsOf, pages, ROOT } from '../docs/pages.ts';

const LIMIT_MS = 240_000;
const commands = [...new Set(pages().flatMap(commandsOf))].filter((command) => proofOf(command) === 'alone');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a command of the documentation that needs nothing', () => {
  it.each(commands)(
    '%s',
    async (command) => {
      const env = commandEnvironment({ CI: 'true', CDK_OUTDIR: path.join(folder, 'cdk.out') });
      const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
      expect((await promisify(execFile)('sh', ['-c', command], options)).stdout).toBeTruthy();
    },
    LIMIT_MS,
  );
});
