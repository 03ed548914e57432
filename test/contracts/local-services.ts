import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Services, startServices } from '../../infra/local/services/start-services.ts';

export interface TestServices {
  readonly services: Services;
  /** The settings that any AWS client needs besides its endpoint. */
  readonly access: {
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  stop(): Promise<void>;
}

/** The embedded services of the local run, with data that goes away with them. */
export async function startTestServices(): Promise<TestServices> {
  const folder = await mkdtemp(join(tmpdir(), 'rgs-test-'));
  const services = await startServices(folder);
  return {
    services,
    access: { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    async stop() {
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
