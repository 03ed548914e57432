import { mainWallet, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import type { Wallet, WalletReply, WalletTransaction } from '../../shared/wallets/wallet.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const secret = 'the secret of this test';
const script = new URL('./start.command.ts', import.meta.url).pathname;
let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wallet-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

function run(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script], {
    env: { PATH: '', WALLET_PORT: '0', WALLET_DATA: directory, WALLET_SECRET: secret, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  return { child, errors: () => errors };
}

async function started() {
  const { child, errors } = run();
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url) return { child, errors, url };
  }
  throw new Error(`The wallet did not start: ${errors()}`);
}

function connect(walletUrl: string): Wallet {
  const telemetry = { count: () => {}, warn: () => {} };
  const connection = { secret: async () => secret, clock: { nowMs: () => Date.now() }, timeoutMs: 5_000 };
  const operator: Operator = sampleOperator({ walletUrl, walletSecretName: 'demo' });
  return httpWallets({ ...connection, telemetry }).of(operator, mainWallet);
}

function debit(): WalletTransaction {
  const roundId = ids.randomRound();
  return {
    transactionId: ids.transaction(`${roundId}:debit`),
    roundId,
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    sessionId: ids.session(randomUUID()),
    currency: 'EUR',
    amountMinor: minorAmount(1n),
  };
}

it('a wallet that is killed in the middle of debits has every one that it acknowledged, once', async () => {
  const first = await started();
  const wallet = connect(first.url);
  const debits = Array.from({ length: 200 }, debit);
  let acknowledged = 0;
  const replies: WalletReply[] = await Promise.all(
    debits.map(async (transaction) => {
      const reply = await wallet.debit(transaction);
      if (reply.kind === 'acknowledged') acknowledged += 1;
      if (acknowledged === 20) first.child.kill('SIGKILL');
      return reply;
    }),
  );
  expect(replies.some(({ kind }) => kind === 'unknown')).toBe(true);

  const second = connect((await started()).url);
  const taken = await second.balance(ids.player('player123'), 'EUR');
  if (taken.kind !== 'acknowledged') throw new Error('The wallet did not come back');
  const count = replies.filter(({ kind }) => kind === 'acknowledged').length;
  expect(Number(100_000n - taken.balanceMinor)).toBeGreaterThanOrEqual(count);

  for (const [index, transaction] of debits.entries()) {
    const again = await second.debit(transaction);
    expect(again.kind).toBe('acknowledged');
    if (replies[index]?.kind === 'acknowledged') expect(again).toEqual(replies[index]);
  }
  expect(await second.balance(ids.player('player123'), 'EUR')).toEqual({
    kind: 'acknowledged',
    balanceMinor: 99_800n,
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, without a complaint', async (signal) => {
  const { child, errors } = await started();
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(errors()).toBe('');
});

const oneLine = /^[^\n]+\n$/;

async function failure(environment: Record<string, string>): Promise<string> {
  const { child, errors } = run(environment);
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(errors()).toMatch(oneLine);
  return errors();
}

it('a port that is taken is one clear line', async () => {
  const port = new URL((await started()).url).port;
  expect(await failure({ WALLET_PORT: port })).toBe(
    `Error: Port ${port} is taken; the wallet cannot listen on it (MISCONFIGURED)\n`,
  );
});

it('a broken data folder is one clear line', async () => {
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  expect(await failure({ WALLET_DATA: file })).toContain(`The wallet cannot use ${file}`);
});

it('a wrong setting is one clear line', async () => {
  expect(await failure({ WALLET_PORT: 'http', WALLET_SECRET: 'short' })).toBe(
    'Error: WALLET_PORT: a port number; WALLET_SECRET: at least 16 characters (MISCONFIGURED)\n',
  );
});
