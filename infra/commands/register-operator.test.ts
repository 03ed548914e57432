import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { Secrets } from '../../shared/aws/secrets.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { operatorKeyHash } from '../../shared/operators/authenticate-operator.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { configTableOf } from './stage-tables.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { registerOperator } from './register-operator.ts';

const SECRET = 'sixteen letters!';
const KEY = 'k'.repeat(32);
const WALLET = 'https://wallet.example/rgs';

const folder = useLocalStage();
let count = 0;

/** Runs the command for an operator of its own, with what is left out of the options as it should be. */
async function command(given: Readonly<Record<string, string | true>>, input = '') {
  count += 1;
  const operatorId = `operator-${count}`;
  const options = { operator: operatorId, name: 'Acme', 'wallet-url': WALLET, ...given };
  const words = Object.entries<string | true>(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
  const child = spawn(process.execPath, ['infra/commands/register-operator.command.ts', ...words], {
    env: { PATH: '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], RGS_DATA: folder() },
  });
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { operatorId, code: child.exitCode, stdout, stderr };
}

function registered(key: string) {
  return new DynamoRegistry(configTableOf(deployment)).operatorByKey(operatorKeyHash(key));
}

async function secretOf(operatorId: string, walletId = 'main'): Promise<string> {
  const secrets = new Secrets(new SecretsManagerClient(), systemClock);
  return Buffer.from(
    await secrets.secret(`rgs/local/operator/${operatorId}/wallet-key/${walletId}`),
  ).toString();
}

describe('an operator', () => {
  it('is found by the key that is printed, and its wallet is called with the secret that was given', async () => {
    const { operatorId, code, stdout, stderr } = await command({ 'wallet-secret': SECRET });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const key = /Its key, shown only now: (\S{43})\n$/.exec(stdout)?.[1] ?? '';
    expect(await registered(key)).toMatchObject({
      operatorId,
      walletId: 'main',
      wallets: [{ walletId: 'main', walletUrl: WALLET }],
    });
    expect(await secretOf(operatorId)).toBe(SECRET);
  });

  it('keeps its key when it is registered again, unless a new one is asked for', async () => {
    const first = await command({ 'wallet-secret': SECRET });
    const again = await command({ 'wallet-secret': SECRET, operator: first.operatorId });
    expect(again.stdout).toContain('It keeps its key.');
    const keyIn = (said: string) => /shown only now: (\S{43})\n$/.exec(said)?.[1] ?? '';
    expect(await registered(keyIn(first.stdout))).toMatchObject({ operatorId: first.operatorId });
    const renewed = await command({ 'wallet-secret': SECRET, operator: first.operatorId, 'new-key': true });
    expect(await registered(keyIn(renewed.stdout))).toMatchObject({ operatorId: first.operatorId });
    expect(await registered(keyIn(first.stdout))).toBeUndefined();
  });

  it('keeps how its wallet is called, and stays disabled, when it is registered again', async () => {
    const { operatorId } = await command({ 'wallet-secret': SECRET, 'wallet-calls': 'bet-win' });
    const stored = () => new DynamoRegistry(configTableOf(deployment)).operator(ids.operator(operatorId));
    const admin = new DynamoRegistryAdmin(configTableOf(deployment));
    await admin.putOperator({ ...(await stored())!, enabled: false });
    await command({ 'wallet-secret': SECRET, operator: operatorId, name: 'Renamed' });
    expect(await stored()).toMatchObject({
      name: 'Renamed',
      enabled: false,
      wallets: [{ walletId: 'main', walletCalls: 'bet-win' }],
    });
  });

  it('keeps a key that is long enough', async () => {
    const { operatorId } = await command({ 'wallet-secret': SECRET, key: KEY });
    expect(await registered(KEY)).toMatchObject({ operatorId });
  });

  it.each(['', '\n', '\r\n'])('has the secret of a file that ends in %j', async (end) => {
    const file = path.join(folder(), 'secret');
    await writeFile(file, `${SECRET}${end}`);
    const { operatorId, code } = await command({ 'wallet-secret-file': file });
    expect(code).toBe(0);
    expect(await secretOf(operatorId)).toBe(SECRET);
  });

  it('has the secret of standard input', async () => {
    const { operatorId, code } = await command({ 'wallet-secret-file': '-' }, `${SECRET}\n`);
    expect(code).toBe(0);
    expect(await secretOf(operatorId)).toBe(SECRET);
  });
});

describe('an operator that is registered again', () => {
  const OTHER_SECRET = 'other letters!!!';
  const OTHER_WALLET = 'https://wallet.example/second';
  let operatorId: string;
  const operator = () => new DynamoRegistry(configTableOf(deployment)).operator(ids.operator(operatorId));
  const again = (given: Readonly<Record<string, string | true>>) =>
    command({ operator: operatorId, 'wallet-secret': OTHER_SECRET, ...given });

  beforeEach(async () => {
    ({ operatorId } = await command({ 'wallet-secret': SECRET }));
  });

  it('has a new address and secret of the wallet that is named', async () => {
    expect(await again({ 'wallet-id': 'main', 'wallet-url': OTHER_WALLET })).toMatchObject({ code: 0 });
    expect(await operator()).toMatchObject({
      walletId: 'main',
      wallets: [{ walletId: 'main', walletUrl: OTHER_WALLET }],
    });
    expect(await secretOf(operatorId)).toBe(OTHER_SECRET);
  });

  it('has a further wallet where it names a new one, and the old one keeps its address and secret', async () => {
    expect(await again({ 'wallet-id': 'second', 'wallet-url': OTHER_WALLET })).toMatchObject({ code: 0 });
    const wallets = [
      { walletId: 'main', walletUrl: WALLET },
      { walletId: 'second', walletUrl: OTHER_WALLET },
    ];
    expect(await operator()).toMatchObject({ walletId: 'second', wallets });
    expect(await secretOf(operatorId)).toBe(SECRET);
    expect(await secretOf(operatorId, 'second')).toBe(OTHER_SECRET);
  });

  it('goes on at its current wallet where an earlier one has a new address, unless --current is given', async () => {
    await again({ 'wallet-id': 'second', 'wallet-url': OTHER_WALLET });
    await again({ 'wallet-id': 'main', 'wallet-url': 'https://new.example' });
    const wallets = [{ walletUrl: 'https://new.example' }, { walletUrl: OTHER_WALLET }];
    expect(await operator()).toMatchObject({ walletId: 'second', wallets });
    await again({ 'wallet-id': 'main', 'wallet-url': 'https://new.example', current: true });
    expect(await operator()).toMatchObject({ walletId: 'main', wallets });
  });

  it('is told which of its wallets is the current one, and that a changed one is not', async () => {
    const added = await again({ 'wallet-id': 'second', 'wallet-url': OTHER_WALLET });
    const current = (id: string, url: string) =>
      `Registered ${operatorId} on stage local.\nIts current wallet is ${id} at ${url}, where new rounds are debited.\n`;
    const keeps = 'It keeps its key.\n';
    expect(added.stdout).toBe(`${current('second', OTHER_WALLET)}${keeps}`);
    const changed = await again({ 'wallet-id': 'main' });
    const isNot = 'Wallet main is changed, but is not the current one; --current makes it so.\n';
    expect(changed.stdout).toBe(`${current('second', OTHER_WALLET)}${isNot}${keeps}`);
    const back = await again({ 'wallet-id': 'main', current: true });
    expect(back.stdout).toBe(`${current('main', WALLET)}${keeps}`);
  });

  it('means its current wallet where it names none and keeps the address', async () => {
    await again({ 'wallet-id': 'second', 'wallet-url': OTHER_WALLET });
    expect(await again({ 'wallet-url': OTHER_WALLET, 'wallet-secret': SECRET })).toMatchObject({ code: 0 });
    expect(await secretOf(operatorId, 'second')).toBe(SECRET);
  });

  it('must name the wallet where the address changes, because other books are another wallet', async () => {
    const { code, stderr } = await again({ 'wallet-url': OTHER_WALLET });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error: The address differs from that of wallet main\. [^\n]+\n$/);
    expect(await operator()).toMatchObject({ wallets: [{ walletUrl: WALLET }] });
    expect(await secretOf(operatorId)).toBe(SECRET);
  });
});

describe('two wallets of an operator', () => {
  const OTHER_SECRET = 'other letters!!!';
  const second = { 'wallet-id': 'second', 'wallet-secret': OTHER_SECRET };

  it.each([WALLET, `${WALLET}/`, 'https://WALLET.example:443/rgs'])(
    'are not registered at the same address, as %s would be, and no secret is written',
    async (url) => {
      const { operatorId } = await command({ 'wallet-secret': SECRET });
      const { code, stdout, stderr } = await command({ operator: operatorId, ...second, 'wallet-url': url });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^Error: Wallet main of \S+ has this address already\. [^\n]+ \(MISCONFIGURED\)\n$/,
      );
      await expect(secretOf(operatorId, 'second')).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    },
  );

  it('do not come to the same address by a change in place, and the secret stays', async () => {
    const { operatorId } = await command({ 'wallet-secret': SECRET });
    await command({ operator: operatorId, ...second, 'wallet-url': 'https://wallet.example/second' });
    const again = await command({ operator: operatorId, ...second, 'wallet-secret': SECRET });
    expect(again.stderr).toContain('(MISCONFIGURED)');
    expect(await secretOf(operatorId, 'second')).toBe(OTHER_SECRET);
  });

  it('exchange an address where the old books get another one first', async () => {
    const { operatorId } = await command({ 'wallet-secret': SECRET });
    const old = { 'wallet-id': 'main', 'wallet-url': 'https://old.example', 'wallet-secret': SECRET };
    expect(await command({ operator: operatorId, ...old })).toMatchObject({ code: 0 });
    expect(await command({ operator: operatorId, ...second })).toMatchObject({ code: 0 });
  });
});

describe('an operator is refused', () => {
  const secret = { 'wallet-secret': SECRET };
  it.each<[string, Record<string, string>, RegExp, code?: number]>([
    ['with a key that can be guessed', { ...secret, key: 'a'.repeat(31) }, /--key .* 32 /, 2],
    ['with a key that no header holds', { ...secret, key: `${KEY} ü` }, /--key /, 2],
    ['with a secret that can be guessed', { 'wallet-secret': 'a'.repeat(15) }, /secret .* 16 characters/, 2],
    ['with an empty secret', { 'wallet-secret-file': '-' }, /secret .* 16 characters/, 2],
    ['with a secret that is not there', { 'wallet-secret-file': '/no/such/file' }, /ENOENT/],
    ['without a secret', {}, /either --wallet-secret-file or --wallet-secret$/m, 2],
    [
      'with two secrets',
      { ...secret, 'wallet-secret-file': '-' },
      /either --wallet-secret-file or --wallet-secret$/m,
      2,
    ],
    ['with a wallet over plain HTTP', { ...secret, 'wallet-url': 'http://wallet.example' }, /https/],
    ['with a user in the address', { ...secret, 'wallet-url': 'https://me:pass@wallet.example' }, /user/],
    ['with a user without a password', { ...secret, 'wallet-url': 'https://me@wallet.example' }, /user/],
    ['with a query in the address', { ...secret, 'wallet-url': `${WALLET}?tenant=1` }, /query/],
    ['with an empty query in the address', { ...secret, 'wallet-url': `${WALLET}?` }, /query/],
    ['with a fragment in the address', { ...secret, 'wallet-url': `${WALLET}#here` }, /fragment/],
    [
      'with the id of a wallet that no round could hold',
      { ...secret, 'wallet-id': 'a'.repeat(17) },
      /--wallet-id /,
      2,
    ],
    ['with an address that is none', { ...secret, 'wallet-url': 'wallet.example' }, /address/],
  ])('%s', async (_, given, why, expected = 1) => {
    const { code, stdout, stderr } = await command(given);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(stderr).toMatch(why);
    expect(stderr).not.toContain('me:pass');
  });

  it('with a wallet on this machine, but where the game server is on it too', async () => {
    const operator = { operatorId: 'near', name: 'Near', walletSecret: SECRET };
    for (const walletUrl of ['http://127.0.0.1:8081', 'http://localhost:8081', 'http://[::1]:8081']) {
      await expect(
        registerOperator(deployment, { ...operator, walletUrl, walletId: 'main', makeKey: true }),
      ).resolves.toHaveProperty('newKey', expect.any(String));
      await expect(
        registerOperator({ ...deployment, stage: 'dev' }, { ...operator, walletUrl }),
      ).rejects.toThrow(/https/);
    }
  });
});
