import { S3Client } from '@aws-sdk/client-s3';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { publishArtefact } from '../../shared/engines/adapters/publish-artefact.ts';
import { httpEvent, lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { DATA_KEY, useLocalServices } from './local-services.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

useLocalServices();

beforeAll(() => {
  Object.assign(process.env, { SESSIONS_TABLE: 'config', ENGINES_BUCKET: 'archive' });
});
afterEach(() => void vi.useRealTimers());

async function health() {
  const { handler } = await import('../../functions/foundation/check-health/handler.ts');
  const { statusCode, body }: APIGatewayProxyResult = await handler(
    httpEvent({ httpMethod: 'GET' }),
    lambdaContext,
  );
  const { status, dependencies } = JSON.parse(body) as {
    status: string;
    dependencies: Record<string, { status: string }>;
  };
  const down = Object.keys(dependencies).filter((name) => dependencies[name]?.status === 'down');
  return { statusCode, status, down };
}

it('is down while no game is published, and up some seconds after one is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  expect(await health()).toEqual({ statusCode: 503, status: 'down', down: ['engines'] });

  const engineHash = await publishArtefact(new S3Client(), 'archive', new Uint8Array([0, 97, 115, 109]));
  const outputs = {
    ApiUrl: '',
    LedgerTable: 'ledger',
    ConfigTable: 'config',
    EnginesBucket: 'archive',
    ArchiveBucket: 'archive',
    DataKeyArn: DATA_KEY,
  };
  const admin = new DynamoRegistryAdmin(configTableOf({ stage: 'local', outputs }));
  await admin.putGame({
    gameCode: ids.game('happy-panda'),
    title: 'Happy Panda',
    enabled: true,
    engineHash,
    bets: [],
    stateRule: 'fresh',
  });

  vi.setSystemTime(Date.now() + 5_000);
  expect(await health()).toEqual({ statusCode: 200, status: 'up', down: [] });
});
