import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServices, type TestServices } from '../../../test/contracts/local-services.ts';
import { committed, credited, intent } from '../../../test/contracts/rounds.ts';
import { accountedRound } from '../../domain/accounted-round.ts';
import type { AccountedRound } from '../../domain/reconciliation.ts';
import type { IntentRound, Round } from '../../domain/round.ts';
import { S3Archive } from './archive.ts';
import { archiveRecord } from './archive-record.ts';
import { S3ArchivedRounds } from './archived-rounds.ts';

/** Now and not some other day: it is S3 that says when a file was written. */
const NOW_MS = Date.now();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let local: TestServices;
let s3: S3Client;
let bucket: string;

beforeAll(async () => {
  local = await startTestServices();
  s3 = new S3Client({ ...local.access, endpoint: local.services.endpoints.s3, forcePathStyle: true });
});
beforeEach(async () => {
  bucket = randomUUID();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(async () => {
  s3.destroy();
  await local.stop();
});

const player = (given: Partial<IntentRound> = {}) =>
  intent({ log: { operatorId: 'demo', playerId: 'player123', gameCode: 'panda' }, ...given });
const ended = (endedAtMs: number, operatorId = 'demo'): Round =>
  credited(committed(player({ log: { operatorId, playerId: 'player123', gameCode: 'panda' } })), endedAtMs);

async function read(fromMs: number, toMs: number, writtenBeforeMs = Number.MAX_SAFE_INTEGER) {
  const files: (readonly AccountedRound[])[] = [];
  const period = { operatorId: 'demo', fromMs, toMs, writtenBeforeMs };
  for await (const file of new S3ArchivedRounds(s3, bucket).ended(period)) files.push(file);
  return files;
}

const ids = (rounds: readonly (Round | AccountedRound)[]) => rounds.map(({ roundId }) => roundId).sort();

describe('an archived round', () => {
  it('comes back with all that its money needs, however it ended', async () => {
    const start = player({ updatedAtMs: NOW_MS });
    const ends: Round[] = [
      credited(committed(player(), {}, NOW_MS), NOW_MS),
      credited(committed(player({ walletCalls: 'bet-win' }), {}, NOW_MS), NOW_MS),
      committed(player(), { winMinor: 0n }, NOW_MS),
      credited(committed(player({ kind: 'bonus', stakeMinor: 0n }), {}, NOW_MS), NOW_MS),
      { ...start, roundId: randomUUID(), status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' },
      { ...start, roundId: randomUUID(), status: 'FAILED', failure: 'ENGINE_TRAP' },
      { ...start, roundId: randomUUID(), status: 'VOIDED', reason: 'ABANDONED' },
    ];
    await new S3Archive(s3, bucket).write(ends, 'batch-1');
    expect(await read(NOW_MS, NOW_MS + 1)).toEqual([ends.map(accountedRound)]);
  });
});

describe('a period', () => {
  it('has the rounds of its operator that ended from its start to before its end, over the days', async () => {
    const midnightMs = NOW_MS - (NOW_MS % DAY_MS) - DAY_MS;
    const inside = [midnightMs - 1_000, midnightMs, midnightMs + 999].map((atMs) => ended(atMs));
    const outside = [midnightMs - 1_001, midnightMs + 1_000].map((atMs) => ended(atMs));
    const archive = new S3Archive(s3, bucket);
    await archive.write([...inside, ended(midnightMs, 'demo2')], 'batch-1');
    await archive.write(outside, 'batch-2');
    const files = await read(midnightMs - 1_000, midnightMs + 1_000);
    expect(ids(files.flat())).toEqual(ids(inside));
    expect(files).toHaveLength(4);
  });

  it('has every round of a day with more files than one answer of S3 lists', async () => {
    const rounds = Array.from({ length: 5 }, () => ended(NOW_MS));
    const archive = new S3Archive(s3, bucket);
    await Promise.all(rounds.map((round, index) => archive.write([round], `batch-${index}`)));
    s3.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: 2 } }), {
      step: 'initialize',
      name: 'two-keys-a-page',
    });
    const files = await read(NOW_MS, NOW_MS + 1);
    s3.middlewareStack.remove('two-keys-a-page');
    expect(ids(files.flat())).toEqual(ids(rounds));
  });

  it('is not looked for in files that were written before it, or long after it', async () => {
    const atMs = NOW_MS - (NOW_MS % DAY_MS);
    await new S3Archive(s3, bucket).write([ended(atMs)], 'batch-1');
    expect(await read(atMs, atMs + 1)).toHaveLength(1);
    expect(await read(atMs, atMs + 1, NOW_MS + 10_000)).toHaveLength(1);
    expect(await read(atMs, atMs + 1, NOW_MS - 70_000)).toHaveLength(0);
    // As far in the future as no test runs.
    await new S3Archive(s3, bucket).write([ended(NOW_MS + HOUR_MS)], 'batch-2');
    expect(await read(NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + 1)).toHaveLength(0);
  });

  it('without rounds is empty', async () => {
    expect(await read(NOW_MS, NOW_MS + DAY_MS)).toEqual([]);
  });
});

describe('an archive that cannot be read', () => {
  const line = (change: object) => JSON.stringify({ ...archiveRecord(ended(NOW_MS)), ...change });
  it.each([
    ['no gzip', Buffer.from('text')],
    ['no JSON', gzipSync('{"schema_version":')],
    ['a line of another form', gzipSync(line({ stake: 1 }))],
    ['a line of a later version', gzipSync(line({ schema_version: 99 }))],
  ])('is an error: %s', async (_, Body) => {
    const day = new Date(NOW_MS).toISOString().slice(0, 10);
    const Key = `rounds/operator=demo/date=${day}/batch-1.jsonl.gz`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await expect(read(NOW_MS, NOW_MS + 1)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('is an error that can be retried where S3 does not answer', async () => {
    bucket = 'no-such-bucket';
    await expect(read(NOW_MS, NOW_MS + 1)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
