import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { TestServices } from '../../kit/services.ts';
import { useBucket } from '../../kit/bucket.ts';
import { minorAmount } from '../../../shared/money/money.ts';
import { committed, credited, intent } from '../../../shared/rounds/any-round.fixture.ts';
import type { Round } from '../../../shared/rounds/round.ts';
import { S3Archive } from '../../../shared/archive/adapters/archive.ts';
import { archiveRecord } from '../../../shared/archive/adapters/archive-record.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';

const END_OF_DAY = Date.UTC(2026, 10, 21, 23, 59, 59, 999);
let local: TestServices;
let s3: S3Client;
let bucket: string;

useBucket((made) => {
  ({ s3, bucket, local } = made);
});

const keys = async () => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key }) => Key);
};
const lines = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const text = gunzipSync(await Body!.transformToByteArray()).toString('utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
};

describe('a batch of rounds', () => {
  it('is one object for each operator and each minute in UTC in which rounds began, however late they ended', async () => {
    const began = (operatorId: string, startedAtMs: number): Round =>
      committed(
        intent({
          startedAtMs,
          log: {
            operatorId: ids.operator(operatorId),
            playerId: ids.player('player'),
            gameCode: ids.game('panda'),
          },
        }),
        {},
        END_OF_DAY + 3 * 86_400_000,
      );
    const rounds = [
      began('demo', END_OF_DAY),
      began('demo', END_OF_DAY + 1),
      began('demo', END_OF_DAY + 60_000),
      began('demo', END_OF_DAY + 60_001),
      began('other', END_OF_DAY),
    ];
    await new S3Archive(s3, bucket).write(rounds, 'batch-1');
    expect(await keys()).toEqual([
      'rounds/operator=demo/date=2026-11-21/hour=23/59-batch-1.jsonl.gz',
      'rounds/operator=demo/date=2026-11-22/hour=00/00-batch-1.jsonl.gz',
      'rounds/operator=demo/date=2026-11-22/hour=00/01-batch-1.jsonl.gz',
      'rounds/operator=other/date=2026-11-21/hour=23/59-batch-1.jsonl.gz',
    ]);
    const minute = await lines('rounds/operator=demo/date=2026-11-22/hour=00/00-batch-1.jsonl.gz');
    expect(minute.map((line) => JSON.parse(line).round_id)).toEqual([rounds[1]?.roundId, rounds[2]?.roundId]);
  });

  it('is the same after it was written twice', async () => {
    const archive = new S3Archive(s3, bucket);
    const rounds = [committed(intent(), {}, END_OF_DAY)];
    await archive.write(rounds, 'batch-1');
    await archive.write(rounds, 'batch-1');
    const found = await keys();
    expect(found).toHaveLength(1);
    expect(await lines(found[0]!)).toEqual(rounds.map((round) => JSON.stringify(archiveRecord(round))));
  });

  it('goes with its SHA-256, without which Object Lock takes nothing', async () => {
    const client = new S3Client({
      ...local.access,
      endpoint: local.services.endpoints.s3,
      forcePathStyle: true,
    });
    const sent: (string | undefined)[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        sent.push(headers['x-amz-checksum-sha256']);
        return next(args);
      },
      { step: 'finalizeRequest' },
    );
    const round = committed(intent(), {}, END_OF_DAY);
    await new S3Archive(client, bucket).write([round], 'batch-1');
    client.destroy();
    const [key] = await keys();
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const stored = await Body!.transformToByteArray();
    expect(sent).toEqual([createHash('sha256').update(stored).digest('base64')]);
  });

  it('of none writes nothing', async () => {
    await new S3Archive(s3, bucket).write([], 'batch-1');
    expect(await keys()).toEqual([]);
  });

  it('that S3 does not take is an error that can be retried', async () => {
    const writing = new S3Archive(s3, 'no-such-bucket').write([committed(intent())], 'batch-1');
    await expect(writing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });
});

describe('the record of a round', () => {
  const round = intent({
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player('player123'),
      gameCode: ids.game('happy-panda'),
    },
    number: 42,
    stakeMinor: minorAmount(10n ** 18n - 1n),
    sealedOpening: new Uint8Array([1, 2, 255]),
    startedAtMs: END_OF_DAY,
    updatedAtMs: END_OF_DAY,
  });
  const view = '{"outcome":{"reels":["AKQ"]},"public_state":{},"bonus_triggered":false}';

  it('says all of a paid win, in exact figures', () => {
    const paid = credited(committed(round, { view, bonusActive: true }), END_OF_DAY + 1_500);
    expect(archiveRecord(paid)).toEqual({
      schema_version: 3,
      operator_id: 'demo',
      player_id: 'player123',
      game_code: 'happy-panda',
      round_number: 42,
      round_id: round.roundId,
      session_id: round.sessionId,
      kind: 'spin',
      action: 'spin',
      status: 'CREDITED',
      refusal: null,
      failure: null,
      void_reason: null,
      started_at: '2026-11-21T23:59:59.999Z',
      ended_at: '2026-11-22T00:00:01.499Z',
      epoch: 1,
      currency: 'EUR',
      currency_decimals: 2,
      base_bet: '1.00',
      stake: '9999999999999999.99',
      wallet_id: 'main',
      wallet_calls: 'debit-credit',
      debit_transaction_id: `${round.roundId}:1e1e1e1e1e1e1e1e:debit`,
      win: '2.50',
      payout_millionths: '2500000',
      credit_transaction_id: `${round.roundId}:1e1e1e1e1e1e1e1e:credit`,
      balance_before: '1000.00',
      balance_after: '1001.50',
      bonus_active: true,
      view,
      sealed_state_after: Buffer.from(paid.outcome.sealedStateAfter).toString('base64'),
      engine_sha256: 'ab'.repeat(32),
      sealed_start: 'AQL/',
      bonus_opened_by: null,
      bonus_steps: null,
      bonus_payout_millionths: null,
      idempotency_key_hash: Buffer.alloc(16, 1).toString('base64'),
      request_hash: Buffer.alloc(16, 2).toString('base64'),
      earlier_key_hashes: '',
      previous_intent_mac: '',
      intent_mac: Buffer.alloc(16, 0x1e).toString('base64'),
      mac: Buffer.alloc(16, 0x3a).toString('base64'),
    });
  });

  it('says which bonus a bonus action goes on with, and in which calls the wallet was paid', () => {
    const bonus = intent({
      kind: 'bonus',
      walletCalls: 'bet-win',
      gameSoFar: { openedBy: 'spin', steps: 3, payoutMillionths: 12_500_000n },
    });
    expect(archiveRecord(committed(bonus))).toMatchObject({
      wallet_calls: 'bet-win',
      bonus_opened_by: 'spin',
      bonus_steps: 3,
      bonus_payout_millionths: '12500000',
    });
  });

  it('names no transaction that never was', () => {
    const free = archiveRecord(
      committed(intent({ stakeMinor: minorAmount(0n) }), { winMinor: minorAmount(0n) }),
    );
    expect(free).toMatchObject({ debit_transaction_id: null, credit_transaction_id: null, win: '0.00' });
  });

  it('has the same fields however the round ended', () => {
    const endings: Round[] = [
      committed(round, { winMinor: minorAmount(0n) }),
      { ...round, status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' },
      { ...round, status: 'FAILED', failure: 'ENGINE_TRAP' },
      { ...round, status: 'VOIDED', reason: 'ABANDONED' },
    ];
    const records = endings.map(archiveRecord);
    for (const record of records) expect(Object.keys(record)).toEqual(Object.keys(records[0]!));
    expect(
      records.map(({ refusal, failure, void_reason, win }) => [refusal, failure, void_reason, win]),
    ).toEqual([
      [null, null, null, '0.00'],
      ['INSUFFICIENT_FUNDS', null, null, null],
      [null, 'ENGINE_TRAP', null, null],
      [null, null, 'ABANDONED', null],
    ]);
  });
});
