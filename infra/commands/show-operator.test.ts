import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import { documentClient } from '../../shared/aws/document-client.ts';
import { registryKeys } from '../../shared/games/adapters/registry-items.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { registerOperator } from './register-operator.ts';
import { configTableOf } from './stage-tables.ts';

const SECRET = 'a secret that nobody sees';

const folder = useLocalStage();

beforeAll(async () => {
  const acme = { operatorId: 'acme', name: 'Acme Casino', walletSecret: SECRET };
  await registerOperator(deployment, { ...acme, walletUrl: 'https://old.example' });
  const second = {
    walletId: 'second',
    walletUrl: 'https://new.example/rgs',
    walletCalls: 'bet-win',
  } as const;
  await registerOperator(deployment, { ...acme, ...second });
  const admin = new DynamoRegistryAdmin(configTableOf(deployment));
  await admin.putOperator(sampleOperator({}, { enabled: false }), 'cd'.repeat(32));
});

async function command(...words: readonly string[]) {
  const options = {
    env: { PATH: '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], RGS_DATA: folder() },
  };
  const typed = ['infra/commands/show-operator.command.ts', ...words];
  return promisify(execFile)(process.execPath, typed, options).then(
    (ended) => ({ code: 0, ...ended }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
      code: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

it('An operator is shown with its wallets, the current one and whether their secrets are there', async () => {
  const { code, stdout, stderr } = await command('acme');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [head, , ...rows] = stdout.trimEnd().split('\n');
  expect(head).toBe('acme (Acme Casino) is on. Its current wallet is second.');
  expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
    ['main', 'debit-credit', 'https://old.example', 'is there'],
    ['current', 'second', 'bet-win', 'https://new.example/rgs', 'is there'],
  ]);
  expect(stdout).not.toContain(SECRET);
});

it('A disabled operator is off, and a secret that is missing is named', async () => {
  const { stdout } = await command('demo');
  expect(stdout).toContain('demo (Demo) is off. Its current wallet is main.');
  expect(stdout).toMatch(/^current {2}main .* is missing: wallet-key$/m);
});

it('The same is printed as JSON, without the secrets', async () => {
  const { stdout } = await command('acme', '--json');
  const secretName = (walletId: string) => `rgs/local/operator/acme/wallet-key/${walletId}`;
  const shown = (wallet_id: string, wallet_calls: string, wallet_url: string) => ({
    wallet_id,
    wallet_calls,
    wallet_url,
    secret_name: secretName(wallet_id),
    has_secret: true,
  });
  expect(JSON.parse(stdout)).toEqual({
    operator_id: 'acme',
    name: 'Acme Casino',
    enabled: true,
    current_wallet_id: 'second',
    wallets: [
      shown('main', 'debit-credit', 'https://old.example'),
      shown('second', 'bet-win', 'https://new.example/rgs'),
    ],
  });
});

it('An operator that there is not is refused with a code', async () => {
  expect(await command('nobody')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: There is no operator nobody (UNKNOWN_OPERATOR)\n',
  });
});

it('An operator whose item somebody has changed is not shown', async () => {
  const admin = new DynamoRegistryAdmin(configTableOf(deployment));
  const operatorId = ids.operator('forged');
  await admin.putOperator(sampleOperator({}, { operatorId }), 'ef'.repeat(32));
  const client = documentClient();
  const key = registryKeys.operator(operatorId);
  const { Item } = await client.send(new GetCommand({ TableName: deployment.outputs.ConfigTable, Key: key }));
  const forged = { ...Item, name: 'Somebody else' };
  await client.send(new PutCommand({ TableName: deployment.outputs.ConfigTable, Item: forged }));
  expect(await command('forged')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: A stored record does not have its MAC (CORRUPT_RECORD)\n',
  });
});
