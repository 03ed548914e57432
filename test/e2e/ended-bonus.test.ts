import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EndedBonusResponse,
  LaunchResponse,
  RoundResponse,
  RoundsResponse,
} from '../../functions/_api/responses.ts';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { publishArtefact } from '../../shared/engines/adapters/publish-artefact.ts';
import {
  answerBytes,
  assembleEngine,
  CAPABILITIES,
} from '../../shared/engines/host/hostile-engine.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { archivedRounds } from './archive.ts';
import { call, codeOf, eventually, Player, type Reply } from './client.ts';
import { withOwnOperator } from './operators.ts';
import { expectNoDifferences } from './reconciled.ts';
import { type Target, target } from './target.ts';

const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const endpointOf = (service: string) => target().environment[`AWS_ENDPOINT_URL_${service}`] ?? '';
const s3 = new S3Client({ ...access, endpoint: endpointOf('S3'), forcePathStyle: true });
const kms = new KMSClient({ ...access, endpoint: endpointOf('KMS') });
const dynamodb = documentClient({ ...access, endpoint: endpointOf('DYNAMODB') });
afterAll(() => {
  for (const client of [s3, kms, dynamodb]) client.destroy();
});

const GAME = 'bonus-trapper';
const answer = answerBytes();

/** A spin wins a bonus, and every action of the bonus traps. */
const engine = assembleEngine({
  capabilities: JSON.stringify({
    ...CAPABILITIES,
    action_space: {
      discrete: [
        { name: 'spin', phase: 'base' },
        { name: 'free_spin', phase: 'bonus' },
      ],
    },
    max_horizon: 3,
  }),
  stepBody: `(if (i32.load8_u (i32.const 44)) (then unreachable))
    (memory.copy (i32.const 65536) (i32.const 196608) (i32.const ${answer.length}))
    (i32.store (i32.const 65548) (i32.const 1))
    (i32.const ${answer.length})`,
  answer,
});

let operator: Target;
beforeAll(async () => {
  operator = await withOwnOperator(target());
  const engineHash = await publishArtefact(s3, target().outputs['EnginesBucket'] ?? '', engine);
  const table = configTableOf(deploymentOf('local', target().outputs), { dynamodb, kms });
  await new DynamoRegistryAdmin(table).putGame({
    gameCode: ids.game(GAME),
    title: 'Bonus Trapper',
    bets: [{ currency: 'EUR', allowedMinor: [100n].map(minorAmount) }],
    stateRule: 'fresh',
    bonusEndMillionths: 2_500_000n,
    engineHash,
    enabled: true,
  });
});

const games = `/api/v1/games/${GAME}`;
async function launch({ playerId }: Player): Promise<string> {
  const body = { player_id: playerId, currency: 'EUR', operator_id: operator.operatorId };
  const headers = { 'x-operator-key': operator.operatorKey };
  const reply = await call(target(), 'POST', `${games}/session`, { body, headers });
  return LaunchResponse.parse(reply.json).session_id;
}

function end({ playerId }: Player, headers: Record<string, string> = {}): Promise<Reply> {
  const path = `${games}/players/${playerId}/bonus/end`;
  return call(target(), 'POST', path, { body: { currency: 'EUR' }, headers });
}

describe('A bonus on which the engine traps', () => {
  it('The operator ends it, the player is paid once what the game declares, and plays on', async () => {
    const player = await Player.open(operator);
    const key = { 'x-operator-key': operator.operatorKey };
    const session_id = await launch(player);
    const spin = () => call(target(), 'POST', `${games}/spin`, { body: { session_id, bet_amount: '1.00' } });
    expect(codeOf(await end(player, key))).toBe('NO_ACTIVE_BONUS');
    expect(RoundResponse.parse((await spin()).json).bonus_active).toBe(true);
    const action = await call(target(), 'POST', `${games}/bonus`, { body: { session_id } });
    expect(codeOf(action)).toBe('ROUND_FAILED');
    expect(codeOf(await spin())).toBe('BONUS_ACTIVE');
    expect(codeOf(await end(player))).toBe('MISSING_CREDENTIALS');
    const balanceMinor = await player.walletBalanceMinor();

    const ended = await end(player, key);
    expect(EndedBonusResponse.parse(ended.json)).toMatchObject({
      currency: 'EUR',
      outcome: { ended_by: 'operator', reason: 'ENGINE_TRAP' },
      win_amount: '2.50',
      bonus_active: false,
      bonus_triggered: null,
    });
    expect((await end(player, key)).text).toBe(ended.text);
    expect(await player.walletBalanceMinor()).toBe(balanceMinor + 250n);
    expect((await spin()).status).toBe(200);

    const listed = await call(target(), 'GET', `/api/v1/sessions/${session_id}/rounds`);
    const { rounds } = RoundsResponse.parse(listed.json);
    const audited = rounds.find(({ action: played }) => played === 'operator/end');
    expect(audited).toMatchObject({ kind: 'bonus', stake: '0.00', win: '2.50', status: 'CREDITED' });
    await eventually(async () => {
      const archived = await archivedRounds(operator);
      return rounds.every(({ round_id }) => archived.has(round_id)) || undefined;
    });
    expect((await archivedRounds(operator)).get(audited?.round_id ?? '')).toMatchObject({
      action: 'operator/end',
      win: '2.50',
    });
    await expectNoDifferences(operator, [player], rounds);
  });
});
