import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBucket } from '../../kit/bucket.ts';
import { minorAmount } from '../../../shared/money/money.ts';
import { committed, credited, intent } from '../../../shared/rounds/any-round.fixture.ts';
import { accountedRound } from '../../../shared/rounds/accounted-round.ts';
import type { ArchivedRound } from '../../../shared/archive/archived-rounds.ts';
import type { IntentRound, Round } from '../../../shared/rounds/round.ts';
import { S3Archive } from '../../../shared/archive/adapters/archive.ts';
import { archiveRecord } from '../../../shared/archive/adapters/archive-record.ts';
import { S3ArchivedRounds } from '../../../shared/archive/adapters/archived-rounds.ts';
import { openMacs } from '../../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../../shared/rounds/round-macs.ts';
import { signRound } from '../../../shared/rounds/sample-round.fixture.ts';
import { ids as typed } from '../../../shared/foundation/ids.fixture.ts';

const macs = new RoundMacs(openMacs);
const NOW_MS = Date.UTC(2026, 10, 21, 13, 5);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
let s3: S3Client;
let bucket: string;

useBucket((made) => {
  ({ s3, bucket } = made);
});

const player = (given: Partial<IntentRound> = {}) =>
  intent({
    log: {
      operatorId: typed.operator('demo'),
      playerId: typed.player('player123'),
      gameCode: typed.game('panda'),
    },
    ...given,
  });
/** The round ended three days after it began. */
const begun = (startedAtMs: number, operatorId = 'demo'): Round =>
  credited(
    committed(
      player({
        startedAtMs,
        log: {
          operatorId: typed.operator(operatorId),
          playerId: typed.player('player123'),
          gameCode: typed.game('panda'),
        },
      }),
    ),
    startedAtMs + 3 * DAY_MS,
  );

const period = (fromMs: number, toMs: number) => ({
  operatorId: typed.operator('demo'),
  fromMs,
  toMs,
});

async function names(fromMs: number, toMs: number): Promise<string[]> {
  const found: string[] = [];
  for await (const part of new S3ArchivedRounds(s3, bucket, macs).files(period(fromMs, toMs)))
    found.push(...part);
  return found;
}

async function read(fromMs: number, toMs: number): Promise<(readonly ArchivedRound[])[]> {
  const archive = new S3ArchivedRounds(s3, bucket, macs);
  return Promise.all((await names(fromMs, toMs)).map((file) => archive.read(file)));
}

/** The folders that are listed, one for each call, with a few names in each answer. */
async function listedWith(maxKeys: number, work: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const folders: (string | undefined)[] = [];
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== 'ListObjectsV2Command') return next(args);
        folders.push((args.input as { readonly Prefix?: string }).Prefix);
        return next({ ...args, input: { ...args.input, MaxKeys: maxKeys } });
      },
    { step: 'initialize', name: 'few-names-a-page' },
  );
  await work();
  s3.middlewareStack.remove('few-names-a-page');
  return folders;
}

const ids = (rounds: readonly (Round | ArchivedRound)[]) => rounds.map(({ roundId }) => roundId).sort();

describe('an archived round', () => {
  const begunNow = (given: Partial<IntentRound> = {}) => player({ startedAtMs: NOW_MS, ...given });

  it('comes back with all that its money needs, however it ended', async () => {
    const start = begunNow();
    const ends: Round[] = [
      credited(committed(start)),
      credited(committed(begunNow({ walletCalls: 'bet-win' }))),
      committed(begunNow(), { winMinor: minorAmount(0n) }),
      credited(committed(begunNow({ kind: 'bonus', stakeMinor: minorAmount(0n) }))),
      { ...start, roundId: typed.randomRound(), status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' },
      { ...start, roundId: typed.randomRound(), status: 'FAILED', failure: 'ENGINE_TRAP' },
      { ...start, roundId: typed.randomRound(), status: 'VOIDED', reason: 'ABANDONED' },
    ];
    const signed = await Promise.all(ends.map((round) => signRound(macs, round)));
    await new S3Archive(s3, bucket).write(signed, 'batch-1');
    const file = 'rounds/operator=demo/date=2026-11-21/hour=13/05-batch-1.jsonl.gz';
    const expected = signed.map((round) => ({
      ...accountedRound(round),
      gameCode: round.log.gameCode,
      number: round.number,
      file,
      lineHash: expect.stringMatching(/^[A-Za-z0-9+/]{22}$/),
      intentMac: Buffer.from(round.intentMac).toString('base64'),
      previousIntentMac: '',
      mac: Buffer.from(round.mac).toString('base64'),
      isAuthentic: true,
    }));
    expect(await read(NOW_MS, NOW_MS + 1)).toEqual([expected]);
  });

  it('is not authentic where anything of its line is not what the ledger signed', async () => {
    const signed = await signRound(macs, credited(committed(begunNow())));
    await new S3Archive(s3, bucket).write([signed, { ...signed, walletCalls: 'bet-win' }], 'batch-1');
    const lines = (await read(NOW_MS, NOW_MS + 1)).flat();
    expect(lines.map(({ isAuthentic }) => isAuthentic)).toEqual([true, false]);
  });

  it('has the same hash in each of its lines that says the same, and another one in every other line', async () => {
    const round = credited(committed(begunNow()));
    const archive = new S3Archive(s3, bucket);
    await archive.write([round, round], 'batch-1');
    await archive.write([round, { ...round, epoch: 2 }], 'batch-2');
    const [one, two, three, other] = (await read(NOW_MS, NOW_MS + 1)).flat().map(({ lineHash }) => lineHash);
    expect([two, three]).toEqual([one, one]);
    expect(other).not.toBe(one);
  });
});

describe('the files of a period', () => {
  it('have all rounds of its operator that began in it, over the days, and none of other minutes', async () => {
    const midnightMs = NOW_MS - (NOW_MS % DAY_MS) - DAY_MS;
    const inside = [midnightMs - 1, midnightMs, midnightMs + MINUTE_MS - 1].map((atMs) => begun(atMs));
    const outside = [-MINUTE_MS - 1, MINUTE_MS, HOUR_MS, 22 * HOUR_MS].map((ms) => begun(midnightMs + ms));
    const archive = new S3Archive(s3, bucket);
    await archive.write([...inside, begun(midnightMs, 'demo2')], 'batch-1');
    await archive.write(outside, 'batch-2');
    const files = await read(midnightMs - 1, midnightMs + 1);
    expect(ids(files.flat())).toEqual(ids(inside));
  });

  it('are found wherever in their minute, hour or day it begins and ends', async () => {
    const startMs = Date.UTC(2026, 10, 21);
    const instant = fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS }).map((ms) => startMs + ms);
    const rounds = fc.sample(instant, 200).map((atMs) => begun(atMs));
    const archive = new S3Archive(s3, bucket);
    await archive.write(rounds, '1000-2000');
    await fc.assert(
      fc.asyncProperty(instant, fc.nat(2 * HOUR_MS), async (fromMs, lengthMs) => {
        const isWithin = ({ startedAtMs: atMs }: Round | ArchivedRound) =>
          atMs >= fromMs && atMs < fromMs + lengthMs;
        const found = (await read(fromMs, fromMs + lengthMs)).flat().filter(isWithin);
        expect(ids(found)).toEqual(ids(rounds.filter(isWithin)));
      }),
      { numRuns: 25 },
    );
  });

  it('are all found where one answer of S3 does not list them', async () => {
    const rounds = Array.from({ length: 5 }, () => begun(NOW_MS));
    const archive = new S3Archive(s3, bucket);
    await Promise.all(rounds.map((round, index) => archive.write([round], `batch-${index}`)));
    let files: (readonly ArchivedRound[])[] = [];
    await listedWith(2, async () => {
      files = await read(NOW_MS, NOW_MS + 1);
    });
    expect(files).toHaveLength(5);
    expect(ids(files.flat())).toEqual(ids(rounds));
  });

  it('are listed without those of the rest of their hour and day', async () => {
    const dayMs = NOW_MS - (NOW_MS % DAY_MS);
    const everyMinute = Array.from({ length: 60 }, (_, index) => begun(dayMs + index * MINUTE_MS));
    await new S3Archive(s3, bucket).write([...everyMinute, begun(dayMs + HOUR_MS)], 'batch-1');
    const folders = await listedWith(12, async () => {
      const found = await names(dayMs + 30 * MINUTE_MS, dayMs + 40 * MINUTE_MS);
      expect(found).toHaveLength(10);
    });
    const folder = `rounds/operator=demo/date=${new Date(dayMs).toISOString().slice(0, 10)}/`;
    expect(folders).toEqual([`${folder}hour=00/`]);
  });

  it('are none without rounds', async () => {
    expect(await names(NOW_MS, NOW_MS + DAY_MS)).toEqual([]);
  });
});

describe('an archive that cannot be read', () => {
  const line = (change: object) => JSON.stringify({ ...archiveRecord(begun(NOW_MS)), ...change });
  it.each([
    ['no gzip', Buffer.from('text')],
    ['no JSON', gzipSync('{"schema_version":')],
    ['a line of another form', gzipSync(line({ stake: 1 }))],
    ['a line of the version before', gzipSync(line({ schema_version: 2 }))],
    ['a line of a later version', gzipSync(line({ schema_version: 99 }))],
  ])('is an error: %s', async (_, Body) => {
    const Key = 'rounds/operator=demo/date=2026-11-21/hour=13/05-batch-1.jsonl.gz';
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await expect(read(NOW_MS, NOW_MS + 1)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  it('is an error that can be retried where S3 does not answer', async () => {
    bucket = 'no-such-bucket';
    await expect(read(NOW_MS, NOW_MS + 1)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
