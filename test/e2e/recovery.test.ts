import { deploymentOf } from '../../infra/commands/deployment.ts';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { KMSClient } from '@aws-sdk/client-kms';
import { systemClock } from '../../shared/aws/clock.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { storeRound } from '../../shared/rounds/sample-round.fixture.ts';
import { randomUUID } from 'node:crypto';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import type { IntentRound, Round } from '../../shared/rounds/round.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import { committed, intent } from '../../shared/rounds/any-round.fixture.ts';
import { eventually, netMinor, Player } from './client.ts';
import { target } from './own-target.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const START_MINOR = 100_000n;
/** The lease of a round is over by then, and the stream's consumer still takes the round for a new one. */
const AGO_MS = 120_000;

const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const sqs = new SQSClient({
  ...access,
  endpoint: target().environment['AWS_ENDPOINT_URL_SQS'] ?? '',
  useQueueUrlAsEndpoint: false,
});
const dynamodb = documentClient({
  ...access,
  endpoint: target().environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
});
const kms = new KMSClient({ ...access, endpoint: target().environment['AWS_ENDPOINT_URL_KMS'] ?? '' });
const config = configTableOf(deploymentOf('local', target().outputs), { dynamodb, kms });
const ledger = new DynamoLedger(
  dynamodb,
  target().outputs['LedgerTable'] ?? '',
  new RoundMacs(config.macs),
  systemClock,
);
const QueueUrl = target().outputs['RecoveryQueueUrl'];

beforeAll(async () => {
  const { engineHash: hash } = intent();
  const engine = { engineId: 'happy-panda', buildId: '1', publishedAtMs: 0, maxWinMillionths: 50_000_000n };
  await new DynamoRegistryAdmin(config).putEngineVersion({ hash, ...engine });
});
afterAll(() => {
  sqs.destroy();
  kms.destroy();
  dynamodb.destroy();
});

/** Messages are handed to recovery together, so that one batch holds them all where the queue allows it. */
async function send(bodies: readonly string[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies
      .slice(from, from + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Failed).toEqual([]);
  }
}

const message = ({ log, number }: Round, purpose: RecoveryRequest['purpose'] = 'finish') =>
  encodeRecoveryMessage({ log, number, purpose, attempt: 0 });

async function attributesOf(url: string | undefined): Promise<Partial<Record<string, string>>> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return Attributes;
}

/** Waits until recovery has taken everything that is due. */
async function queueIsWorkedOff(): Promise<void> {
  await eventually(async () => {
    const attributes = await attributesOf(QueueUrl);
    const waiting = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    return waiting.every((name) => attributes[name] === '0') || undefined;
  });
}

/** A round as a handler that died an hour ago left it. Its debit was never made. */
async function abandoned(make: (round: IntentRound) => Round): Promise<{ player: Player; round: Round }> {
  const player = await Player.open(target());
  const startedAtMs = Date.now() - AGO_MS;
  const log = {
    operatorId: ids.operator('demo'),
    playerId: ids.player(player.playerId),
    gameCode: ids.game('happy-panda'),
  };
  const start = intent({
    log,
    sessionId: ids.session(player.sessionId),
    startedAtMs,
    updatedAtMs: startedAtMs,
  });
  const round = await storeRound(ledger, make(start));
  return { player, round };
}

interface JournalEntry {
  readonly kind: string;
  readonly change: string;
}

async function journalOf({ playerId }: Player): Promise<JournalEntry[]> {
  const reply = await fetch(`${target().walletUrl}/transactions?player_id=${playerId}`);
  const { transactions } = (await reply.json()) as { transactions: JournalEntry[] };
  return transactions.map(({ kind, change }) => ({ kind, change }));
}

const deposit = { kind: 'deposit', change: '1000.00' };

describe('messages of recovery that come twice and in any order', () => {
  it('leave rounds alone that have ended, and move no money', async () => {
    const player = await Player.open(target());
    for (let number = 0; number < 8; number += 1) expect((await player.playNext()).status).toBe(200);
    const [rounds, journal] = [await player.rounds(), await journalOf(player)];
    const log = {
      operatorId: ids.operator('demo'),
      playerId: ids.player(player.playerId),
      gameCode: ids.game('happy-panda'),
    };
    const bodies = rounds.flatMap(({ number }) =>
      (['confirm-void', 'finish', 'finish', 'confirm-void'] as const).map((purpose) =>
        encodeRecoveryMessage({ log, number, purpose, attempt: number % 3 }),
      ),
    );
    await send(bodies);
    await queueIsWorkedOff();
    expect(await player.rounds()).toEqual(rounds);
    expect(await journalOf(player)).toEqual(journal);
    const sum = rounds.reduce((total, round) => total + netMinor(round), 0n);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR + sum);
  });

  it('pay a win that a dead handler left, once', async () => {
    const { player, round } = await abandoned((start) => committed(start));
    await send([
      message(round, 'confirm-void'),
      message(round),
      message(round),
      message(round, 'confirm-void'),
    ]);
    await eventually(async () => (await ledger.get(round))?.status === 'CREDITED' || undefined);
    await send([message(round), message(round)]);
    await queueIsWorkedOff();
    expect(await journalOf(player)).toEqual([deposit, { kind: 'credit', change: '2.50' }]);
  });

  it('void an intent that a dead handler left, and let its player play on', async () => {
    const { player, round } = await abandoned((start) => start);
    await send([message(round, 'confirm-void'), message(round), message(round)]);
    await eventually(async () => (await ledger.get(round))?.status === 'VOIDED' || undefined);
    await send([message(round, 'confirm-void'), message(round, 'confirm-void'), message(round)]);
    await queueIsWorkedOff();
    expect((await ledger.get(round))?.status).toBe('VOIDED');
    // The wallet remembers that a debit of this round must never be taken.
    expect(await journalOf(player)).toEqual([deposit, { kind: 'rollback', change: '0.00' }]);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR);
    expect((await player.spin()).status).toBe(200);
  });
});

describe('a message that recovery cannot read', () => {
  let visibilityTimeout: string;

  beforeAll(async () => {
    // As deployed it comes back every six minutes, ten times. The number of attempts stays as it is here.
    visibilityTimeout = (await attributesOf(QueueUrl))['VisibilityTimeout'] ?? '';
    await setVisibilityTimeout('1');
  });
  afterAll(() => setVisibilityTimeout(visibilityTimeout));

  const setVisibilityTimeout = (VisibilityTimeout: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));

  async function deadLetterQueueUrl(): Promise<string | undefined> {
    const { RedrivePolicy = '{}' } = await attributesOf(QueueUrl);
    const { deadLetterTargetArn = '' } = JSON.parse(RedrivePolicy) as { deadLetterTargetArn?: string };
    const QueueName = deadLetterTargetArn.split(':').at(-1);
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  }

  it('ends in the dead-letter queue with its payload, and its neighbours proceed', async () => {
    const neighbours = [await abandoned((start) => committed(start)), await abandoned((start) => start)];
    const garbage = `garbage ${randomUUID()}`;
    const [first = '', ...others] = neighbours.map(({ round }) => message(round));
    await send([first, garbage, ...others]);

    for (const { round } of neighbours) {
      await eventually(async () => {
        const status = (await ledger.get(round))?.status;
        return status === 'CREDITED' || status === 'VOIDED' || undefined;
      });
    }
    const deadLetters = await deadLetterQueueUrl();
    const dead = await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: deadLetters, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
      );
      return Messages.find(({ Body }) => Body === garbage);
    }, 90_000);
    expect(dead.Body).toBe(garbage);
    await queueIsWorkedOff();
    const journals = await Promise.all(neighbours.map(({ player }) => journalOf(player)));
    expect(journals).toEqual([
      [deposit, { kind: 'credit', change: '2.50' }],
      [deposit, { kind: 'rollback', change: '0.00' }],
    ]);
    const balances = await Promise.all(neighbours.map(({ player }) => player.walletBalanceMinor()));
    expect(balances).toEqual([START_MINOR + 250n, START_MINOR]);
  });
});
