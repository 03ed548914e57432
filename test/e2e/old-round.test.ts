import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentClient } from '../../shared/aws/document-client.ts';
import { RoundId } from '../../shared/foundation/ids.ts';
import { addressOf } from '../../shared/rounds/round-address.ts';
import { sortKeyOf } from '../../shared/rounds/adapters/round-keys.ts';
import { ROOT } from '../docs/pages.ts';
import { archivedRounds } from './archive.ts';
import { eventually, Player } from './client.ts';
import { withOwnOperator } from './operators.ts';
import { type Target, target } from './target.ts';

const dynamodb = documentClient({
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  endpoint: target().environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
});
let folder: string;
let operator: Target;
let roundId: string;

/** Deletes a round from the ledger, as its expiry would. */
beforeAll(async () => {
  const { outputs, environment } = target();
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-old-round-'));
  await writeFile(path.join(folder, 'deployment.json'), JSON.stringify({ outputs, environment }));
  operator = await withOwnOperator(target());
  const player = await Player.open(operator);
  await player.playNext();
  await player.playNext();
  const [, oldest] = await player.rounds();
  roundId = oldest?.round_id ?? 'none';
  await eventually(async () => (await archivedRounds(operator)).has(roundId) || undefined);
  const address = addressOf(RoundId.parse(roundId));
  const Key = { pk: address?.logHash, sk: sortKeyOf(address?.number ?? 0) };
  await dynamodb.send(new DeleteCommand({ TableName: outputs['LedgerTable'], Key }));
});
afterAll(async () => {
  dynamodb.destroy();
  await rm(folder, { recursive: true, force: true });
});

function command(script: string, ...options: string[]) {
  const args = [`infra/commands/${script}.command.ts`, roundId, ...options];
  const env = { ...process.env, RGS_DATA: folder };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

it('A round that has left the ledger is shown from the archive of its operator', async () => {
  const { exitCode, stdout, stderr } = await command(
    'show-round',
    '--operator',
    operator.operatorId ?? 'none',
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('Ledger: it no longer has the round');
  expect(stdout).toMatch(/^Archive: rounds\/operator=.*\/date=.* says this:$/m);
  expect(stdout).toContain(`"round_id":"${roundId}"`);
});

it('A round that has left the ledger is computed again from the archive, byte for byte', async () => {
  const { exitCode, stdout, stderr } = await command(
    'replay-round',
    '--operator',
    operator.operatorId ?? 'none',
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('the same');
  expect(stdout).not.toContain('differs');
});

it('A round that has left the ledger is not found without its operator, and the command says so', async () => {
  const { exitCode, stderr } = await command('replay-round');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('give --operator');
});
