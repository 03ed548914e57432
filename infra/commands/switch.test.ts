import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTable } from '../../shared/aws/dynamodb.fixture.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { ConfigTable } from '../../shared/games/adapters/config-table.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { startTestServices, type TestServices } from '../../test/kit/services.ts';
import { endpointEnvironment } from '../local/services/endpoints.ts';
import { deploymentOf, LOCAL_DEPLOYMENT_FILE } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';

const outputs = {
  ApiUrl: 'http://127.0.0.1',
  LedgerTable: 'ledger',
  ConfigTable: 'config',
  EnginesBucket: 'engines',
  ArchiveBucket: 'archive',
  DataKeyArn: '277ef228-415a-910f-f943-2ab769ca55f2',
};
const panda = {
  gameCode: ids.game('happy-panda'),
  title: 'Happy Panda',
  enabled: true,
  engineHash: 'ab'.repeat(32),
  stateRule: 'fresh' as const,
  bets: [],
};

let local: TestServices;
let folder: string;
let table: ConfigTable;

beforeAll(async () => {
  local = await startTestServices();
  const { services, access } = local;
  services.ensureKey(outputs.DataKeyArn);
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-switch-'));
  const environment = endpointEnvironment(services.endpoints);
  await writeFile(path.join(folder, LOCAL_DEPLOYMENT_FILE), JSON.stringify({ outputs, environment }));
  const dynamodb = documentClient({ ...access, endpoint: services.endpoints.dynamodb });
  const kms = new KMSClient({ ...access, endpoint: services.endpoints.kms });
  await createTable(dynamodb, 'config');
  table = configTableOf(deploymentOf('local', outputs), { dynamodb, kms });
  const admin = new DynamoRegistryAdmin(table);
  await admin.putGame(panda);
  await admin.putOperator(sampleOperator(), 'cd'.repeat(32));
}, 60_000);
afterAll(async () => {
  await local.stop();
  await rm(folder, { recursive: true, force: true });
});

async function command(file: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [`infra/commands/${file}`, ...words], {
    env: { PATH: '', RGS_DATA: folder },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

it('A game is switched off and on again, and keeps everything else', async () => {
  const game = () => new DynamoRegistry(table).game(panda.gameCode);
  expect(await command('switch-game.command.ts', 'happy-panda', 'off')).toEqual({
    code: 0,
    stdout: 'happy-panda is off; all processes know it within 30 seconds\n',
    stderr: '',
  });
  expect(await game()).toEqual({ ...panda, enabled: false });
  expect(await command('switch-game.command.ts', 'happy-panda', 'on')).toHaveProperty('code', 0);
  expect(await game()).toEqual(panda);
});

it('An operator is switched off and on again, and keeps its key and everything else', async () => {
  const operator = () => new DynamoRegistry(table).operatorByKey('cd'.repeat(32));
  expect(await command('switch-operator.command.ts', 'demo', 'off')).toHaveProperty('code', 0);
  expect(await operator()).toEqual({ ...sampleOperator(), enabled: false });
  expect(await command('switch-operator.command.ts', 'demo', 'on')).toHaveProperty('code', 0);
  expect(await operator()).toEqual(sampleOperator());
});

it.each([
  ['switch-game.command.ts', 'koala'],
  ['switch-operator.command.ts', 'nobody'],
])('%s refuses a name that there is not, and makes no entry of it', async (file, name) => {
  const { code, stderr } = await command(file, name, 'off');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no such entry') });
  expect(await new DynamoRegistry(table).games()).toEqual([panda]);
});
