import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerOperator } from '../../infra/commands/register-operator.ts';
import { type DemoWallet, startDemoWallet } from '../../infra/demo-wallet/server.ts';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import type { CommittedRound } from '../../shared/rounds/round.ts';
import { sampleIntent, sampleOutcome, storeRound } from '../../shared/rounds/sample-round.fixture.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import { DATA_KEY, delayedMessages, useLocalServices } from './local-services.ts';
import * as compose from '../../functions/_runtime/composition.ts';
import { lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { handler } from '../../functions/rounds/recover-round/handler.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

// Read when the metrics are made, which the imports do.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'recover-round';
});

const WALLET_SECRET = 'a-secret-of-this-test-only';

useLocalServices();
let folder: string;
let wallet: DemoWallet;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-wallet-'));
  wallet = await startDemoWallet({ port: 0, dataDirectory: folder, secret: WALLET_SECRET });
  const outputs = {
    ApiUrl: '',
    LedgerTable: 'ledger',
    ConfigTable: 'config',
    EnginesBucket: '',
    ArchiveBucket: '',
    DataKeyArn: DATA_KEY,
  };
  const demo = {
    operatorId: ids.operator('demo'),
    name: 'Demo',
    walletUrl: wallet.url,
    walletSecret: WALLET_SECRET,
  };
  await registerOperator({ stage: 'local', outputs }, demo);
  const { engineHash: hash } = sampleIntent();
  const version = {
    hash,
    engineId: 'happy-panda',
    buildId: '1',
    publishedAtMs: 0,
    maxWinMillionths: 50_000_000n,
  };
  await new DynamoRegistryAdmin(configTableOf({ stage: 'local', outputs })).putEngineVersion(version);
});
afterAll(async () => {
  await wallet.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

/** A player of the wallet with a win of 2.50 that was not credited. */
async function unpaidWin(): Promise<CommittedRound> {
  const playerId = `player-${randomUUID()}`;
  await fetch(`${wallet.url}/players`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ player_id: playerId, currency: 'EUR', balance: '10.00', token: 'token' }),
  });
  const log = {
    operatorId: ids.operator('demo'),
    playerId: ids.player(playerId),
    gameCode: ids.game('happy-panda'),
  };
  const intent = sampleIntent({ log, updatedAtMs: Date.now() });
  const round: CommittedRound = { ...intent, status: 'COMMITTED', outcome: sampleOutcome() };
  return storeRound(compose.ledger(), round);
}

async function balanceOf({ log }: CommittedRound): Promise<string> {
  const reply = await fetch(`${wallet.url}/players/${log.playerId}`);
  return ((await reply.json()) as { balance: string }).balance;
}

const messageFor = ({ log, number }: Pick<RecoveryRequest, 'log' | 'number'>) =>
  encodeRecoveryMessage({ log, number, purpose: 'finish', attempt: 0 });

/** Hands the bodies over as one batch; their message ids are their places in it. */
const receive = (...bodies: string[]) =>
  handler({ Records: bodies.map((body, index) => ({ messageId: String(index), body })) }, lambdaContext, {
    signal: new AbortController().signal,
  }) as Promise<SQSBatchResponse>;
const failed = (...places: number[]) => ({
  batchItemFailures: places.map((place) => ({ itemIdentifier: String(place) })),
});

describe('a batch of the recovery queue', () => {
  it('is worked off, and none of it comes back', async () => {
    const rounds = [await unpaidWin(), await unpaidWin()];
    expect(await receive(...rounds.map(messageFor))).toEqual(failed());
    for (const round of rounds) {
      expect((await compose.ledger().get(round))?.status).toBe('CREDITED');
      expect(await balanceOf(round)).toBe('12.50');
    }
  });

  it.each([
    ['it is no JSON', () => 'garbage'],
    ['it is empty', () => ''],
    ['it is of a later version', () => messageFor(sampleIntent()).replace('"version":1', '"version":2')],
    [
      'its log cannot be one',
      () => messageFor({ log: { ...sampleIntent().log, playerId: ids.player('a#b') }, number: 1 }),
    ],
    ['there is no such round', () => messageFor({ ...sampleIntent(), number: 9 })],
  ])('returns the one message that fails, and its neighbours proceed: %s', async (_, poison) => {
    const rounds = [await unpaidWin(), await unpaidWin()] as const;
    expect(await receive(messageFor(rounds[0]), poison(), messageFor(rounds[1]))).toEqual(failed(1));
    for (const round of rounds) expect(await balanceOf(round)).toBe('12.50');
  });

  it('that holds a message twice pays once', async () => {
    const round = await unpaidWin();
    expect(await receive(messageFor(round), messageFor(round))).toEqual(failed());
    expect(await receive(messageFor(round))).toEqual(failed());
    expect(await balanceOf(round)).toBe('12.50');
  });

  it('says in the log what could not be recovered', async () => {
    const written: string[] = [];
    const keep = (chunk: unknown) => written.push(String(chunk)) > 0;
    for (const stream of [process.stdout, process.stderr]) vi.mocked(stream.write).mockImplementation(keep);
    await receive('garbage');
    expect(written.join('')).toMatch(/A round could not be recovered.*CORRUPT_RECORD/);
  });
});

describe('a wallet that is down', () => {
  it('is no failure of the message: the next attempt is queued, and nothing of the round is lost', async () => {
    const round = await unpaidWin();
    const port = Number(new URL(wallet.url).port);
    await wallet.stop();
    const waiting = await delayedMessages('RECOVERY_QUEUE_URL');
    expect(await receive(messageFor(round))).toEqual(failed());
    expect(await delayedMessages('RECOVERY_QUEUE_URL')).toBe(waiting + 1);
    wallet = await startDemoWallet({ port, dataDirectory: folder, secret: WALLET_SECRET });
    expect((await compose.ledger().get(round))?.status).toBe('COMMITTED');
    await receive(messageFor(round));
    expect(await balanceOf(round)).toBe('12.50');
  });
});
