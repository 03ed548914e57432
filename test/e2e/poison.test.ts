import { randomBytes, randomUUID } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LaunchResponse, RoundsResponse } from '../../functions/_api/responses.ts';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { publishArtefact } from '../../shared/engines/adapters/publish-artefact.ts';
import { assembleEngine } from '../../shared/engines/host/hostile-engine.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { archivedRounds } from './archive.ts';
import { call, codeOf, eventually, Player } from './client.ts';
import { playUntil } from './hostile-table.ts';
import { withOwnOperator } from './operators.ts';
import { expectReconciled, journalOf } from './reconciled.ts';
import { type Target, target } from './target.ts';
import { ids as typed } from '../../shared/foundation/ids.fixture.ts';

const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const endpointOf = (service: string) => target().environment[`AWS_ENDPOINT_URL_${service}`] ?? '';
const sqs = new SQSClient({ ...access, endpoint: endpointOf('SQS'), useQueueUrlAsEndpoint: false });
const s3 = new S3Client({ ...access, endpoint: endpointOf('S3'), forcePathStyle: true });
const kms = new KMSClient({ ...access, endpoint: endpointOf('KMS') });
const dynamodb = documentClient({ ...access, endpoint: endpointOf('DYNAMODB') });

afterAll(() => {
  for (const client of [sqs, s3, dynamodb, kms]) client.destroy();
});

/** Reconciled, which other files' rounds of the same operator would be in the way of. */
let operator: Target;
beforeAll(async () => {
  operator = await withOwnOperator(target());
});

describe('a record of the ledger that cannot be read', () => {
  const TableName = target().outputs['LedgerTable'];
  const poison = { poison: `poison-${randomUUID()}`, status: 'CREDITED' };
  const key = { pk: randomBytes(10).toString('hex').slice(1), sk: '000000001' };
  afterAll(() => dynamodb.send(new DeleteCommand({ TableName, Key: key })));

  it('is parked with all it holds, and the rounds around it are archived', async () => {
    const players = await Promise.all([Player.open(operator), Player.open(operator)]);
    const stop = new AbortController();
    const playing = Promise.all(players.map((player) => playUntil(player, stop.signal)));
    const roundsPlayed = async () =>
      (await Promise.all(players.map((player) => player.rounds()))).flat().length;
    await eventually(async () => (await roundsPlayed()) > 3 || undefined);
    await dynamodb.send(new PutCommand({ TableName, Item: { ...key, ...poison } }));
    await eventually(async () => (await roundsPlayed()) > 8 || undefined);
    stop.abort();
    await playing;

    const { parked, receipt } = await eventually(findParked);
    expect(parked).toMatchObject({
      version: 1,
      reason: expect.stringContaining('FaultError'),
      truncated: false,
    });
    const record = JSON.parse(parked.record) as { dynamodb: object };
    expect(record.dynamodb).toMatchObject({
      Keys: { pk: { S: key.pk }, sk: { S: key.sk } },
      NewImage: { poison: { S: poison.poison } },
    });
    const freeze = { TableName, Key: { ...key, sk: 'frozen' } };
    const reason = parked.reason.replace('FaultError: ', '');
    expect((await dynamodb.send(new GetCommand(freeze))).Item).toMatchObject({ reason });
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: target().outputs['ParkingQueueUrl'], ReceiptHandle: receipt }),
    );
    const rounds = await expectReconciled(operator, players);
    expect(rounds.length).toBeGreaterThan(8);
  });

  async function findParked() {
    const QueueUrl = target().outputs['ParkingQueueUrl'];
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
    );
    const found = Messages.find(({ Body }) => Body?.includes(poison.poison));
    if (!found) return undefined;
    const parked = JSON.parse(found.Body ?? '') as { readonly reason: string; readonly record: string };
    return { parked, receipt: found.ReceiptHandle };
  }
});

describe('a game whose engine traps', () => {
  const GAME = 'trapper';
  const table = configTableOf(deploymentOf('local', target().outputs), { dynamodb, kms });
  const admin = new DynamoRegistryAdmin(table);
  const game = {
    gameCode: typed.game(GAME),
    title: 'Trapper',
    bets: [{ currency: 'EUR', allowedMinor: [100n].map(minorAmount) }],
    stateRule: 'fresh' as const,
  };

  let engineHash: string;
  beforeAll(async () => {
    const wasm = assembleEngine({ stepBody: 'unreachable' });
    engineHash = await publishArtefact(s3, target().outputs['EnginesBucket'] ?? '', wasm);
    await admin.putGame({ ...game, engineHash, enabled: true });
  });
  afterAll(() => admin.putGame({ ...game, engineHash, enabled: false }));

  it('fails each of its rounds with nothing charged, while the same player wins and loses at another game', async () => {
    const player = await Player.open(operator);
    const sessionId = await launch(player);
    const spin = () =>
      call(target(), 'POST', `/api/v1/games/${GAME}/spin`, {
        body: { session_id: sessionId, bet_amount: '1.00' },
      });
    for (let round = 0; round < 3; round += 1) {
      expect(codeOf(await spin())).toBe('ROUND_FAILED');
      expect((await player.playNext()).status).toBe(200);
    }

    const reply = await call(target(), 'GET', `/api/v1/sessions/${sessionId}/rounds`);
    const { rounds } = RoundsResponse.parse(reply.json);
    expect(rounds).toHaveLength(3);
    for (const round of rounds)
      expect(round).toMatchObject({ status: 'FAILED', final: true, reason: 'ENGINE_TRAP', win: null });
    // The books have the other game's rounds and nothing else.
    expect(await expectReconciled(operator, [player])).toHaveLength(3);
    const ids = new Set(rounds.map(({ round_id }) => round_id));
    expect((await journalOf(player)).filter(({ round_id }) => ids.has(typed.round(round_id ?? '')))).toEqual(
      [],
    );
    await eventually(async () => {
      const archived = await archivedRounds(operator);
      return (
        rounds.every(({ round_id }) => archived.get(round_id)?.['failure'] === 'ENGINE_TRAP') || undefined
      );
    });
  });

  async function launch({ playerId }: Player): Promise<string> {
    const reply = await call(target(), 'POST', `/api/v1/games/${GAME}/session`, {
      body: { player_id: playerId, currency: 'EUR', operator_id: operator.operatorId },
      headers: { 'x-operator-key': operator.operatorKey },
    });
    return LaunchResponse.parse(reply.json).session_id;
  }
});
