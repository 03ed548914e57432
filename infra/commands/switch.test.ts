import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { ConfigTable } from '../../shared/games/adapters/config-table.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { configTableOf } from './stage-tables.ts';

const panda = {
  gameCode: ids.game('happy-panda'),
  title: 'Happy Panda',
  enabled: true,
  engineHash: 'ab'.repeat(32),
  stateRule: 'fresh' as const,
  bets: [],
};

const folder = useLocalStage();
let table: ConfigTable;

beforeAll(async () => {
  table = configTableOf(deployment);
  const admin = new DynamoRegistryAdmin(table);
  await admin.putGame(panda);
  await admin.putOperator(sampleOperator(), 'cd'.repeat(32));
});

async function command(file: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [`infra/commands/${file}`, ...words], {
    env: { PATH: '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], RGS_DATA: folder() },
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
