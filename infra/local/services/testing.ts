import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rgs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Stops what was started when the test ends, unless the test has done so itself. */
export async function started<S extends { stop(): Promise<void> }>(starting: Promise<S>): Promise<S> {
  const service = await starting;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= service.stop();
    return stopping;
  };
  onTestFinished(stop);
  return { ...service, stop };
}

export function clientOptions(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

/** Ids of the programs that were given a file in this folder, but not of a shell that started one. */
export function programsRunningOn(folder: string): readonly number[] {
  const processIds = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processIds.map(Number).filter((processId) => {
    const [program, ...programArguments] = commandLine(processId);
    return (
      !program?.endsWith('/sh') && programArguments.some((argument) => argument.startsWith(`${folder}/`))
    );
  });
}

function commandLine(processId: number): readonly string[] {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended between the listing and here.
    return [];
  }
}
