import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../../..');
const template = 'shared/engines/grpc/buf.gen.yaml';

it('The generated code is what "npm run proto" makes of the proto files', async () => {
  const output = await mkdtemp(path.join(tmpdir(), 'rgs-proto-'));
  const bin = path.join(root, 'node_modules/.bin');
  await promisify(execFile)(path.join(bin, 'buf'), ['generate', '--template', template, '--output', output], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  });
  const files = globSync('**/*_pb.ts', { cwd: output }).sort();
  expect(files).toEqual(globSync('shared/engines/grpc/proto/**/*_pb.ts', { cwd: root }).sort());
  for (const file of files) {
    expect(await readFile(path.join(root, file), 'utf8')).toBe(
      await readFile(path.join(output, file), 'utf8'),
    );
  }
  await rm(output, { recursive: true });
});
