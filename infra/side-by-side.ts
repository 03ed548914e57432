/** `node infra/side-by-side.ts SCRIPT…` runs scripts of package.json at once, because each of them leaves a core idle. */
import { spawn } from 'node:child_process';

/** Runs a script, and prints what it said once it has ended. @returns its exit code; 1 where it was killed */
async function run(script: string): Promise<number> {
  const child = spawn('npm', ['run', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (ended) => resolve(ended ?? 1));
  });
  process.stdout.write(Buffer.concat(said));
  return code;
}

const codes = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = codes.find((code) => code !== 0) ?? 0;
