import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, vi } from 'vitest';
import { createTable } from '../../shared/aws/dynamodb.fixture.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { startTestServices, type TestServices } from '../../test/kit/services.ts';
import { endpointEnvironment } from '../local/services/endpoints.ts';
import { deploymentOf, LOCAL_DEPLOYMENT_FILE } from './deployment.ts';

const outputs = {
  ApiUrl: 'http://127.0.0.1',
  LedgerTable: 'ledger',
  ConfigTable: 'config',
  EnginesBucket: 'engines',
  ArchiveBucket: 'archive',
  DataKeyArn: '277ef228-415a-910f-f943-2ab769ca55f2',
};

/** The stage that `useLocalStage` starts, as commands see it. */
export const deployment = deploymentOf('local', outputs);

/**
 * Starts a local stage for the tests of a file or a group, with an empty configuration and no engines. The environment
 * leads to its services for as long.
 * @returns the folder of its data, which tests and commands may write to
 */
export function useLocalStage(): () => string {
  let local: TestServices;
  let folder = '';
  beforeAll(async () => {
    local = await startTestServices();
    local.services.ensureKey(outputs.DataKeyArn);
    folder = await mkdtemp(path.join(tmpdir(), 'rgs-stage-'));
    const environment = endpointEnvironment(local.services.endpoints);
    await writeFile(path.join(folder, LOCAL_DEPLOYMENT_FILE), JSON.stringify({ outputs, environment }));
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    await createTable(documentClient(), outputs.ConfigTable);
    await new S3Client().send(new CreateBucketCommand({ Bucket: outputs.EnginesBucket }));
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await local.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}
