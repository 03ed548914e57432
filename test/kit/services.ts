/** The embedded services of the local run, for tests: started, reached, and gone when the tests are. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createLocalClients, type LocalClients } from '../../infra/local/runtime/local-clients.ts';
import type { RuntimeLog } from '../../infra/local/runtime/runtime-log.ts';
import { LOCAL_ACCESS } from '../../infra/local/services/endpoints.ts';
import { type Services, startServices } from '../../infra/local/services/start-services.ts';

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
  return { ...LOCAL_ACCESS, endpoint };
}

export interface TestServices {
  readonly services: Services;
  /** The settings that any AWS client needs besides its endpoint. */
  readonly access: typeof LOCAL_ACCESS;
  stop(): Promise<void>;
}

/** Starts the services with data that goes away with them. */
export async function startTestServices(): Promise<TestServices> {
  const folder = mkdtempSync(join(tmpdir(), 'rgs-test-'));
  const services = await startServices(folder);
  return {
    services,
    access: LOCAL_ACCESS,
    async stop() {
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RunningServices extends LocalClients {
  readonly services: Services;
}

/** The services, with clients of them, for all tests of a file. */
export function useServices(): () => RunningServices {
  let test: TestServices | undefined;
  let running: RunningServices | undefined;
  beforeAll(async () => {
    test = await startTestServices();
    running = { services: test.services, ...createLocalClients(test.services.endpoints) };
  });
  afterAll(async () => {
    running?.[Symbol.dispose]();
    await test?.stop();
  });
  return () => {
    if (running === undefined) throw new Error('The services are started before the tests');
    return running;
  };
}

export interface KeptLog extends RuntimeLog {
  readonly messages: string[];
}

export function keepLog(): KeptLog {
  const messages: string[] = [];
  return { messages, warn: (message, details) => messages.push(`${message} ${JSON.stringify(details)}`) };
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
