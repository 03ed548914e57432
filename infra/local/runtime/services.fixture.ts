import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Services, startServices } from '../services/start-services.ts';
import { createLocalClients, type LocalClients } from './local-clients.ts';
import type { RuntimeLog } from './runtime-log.ts';

export interface RunningServices extends LocalClients {
  readonly services: Services;
}

/** The real services, on a folder of their own, for all tests of a file. */
export function useServices(): () => RunningServices {
  const folder = mkdtempSync(path.join(tmpdir(), 'rgs-services-'));
  let running: RunningServices | undefined;
  beforeAll(async () => {
    const services = await startServices(folder);
    running = { services, ...createLocalClients(services.endpoints) };
  });
  afterAll(async () => {
    running?.[Symbol.dispose]();
    await running?.services.stop();
    rmSync(folder, { recursive: true });
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
