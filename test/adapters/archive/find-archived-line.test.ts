import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { useBucket } from '../../kit/bucket.ts';
import { S3Archive } from '../../../shared/archive/adapters/archive.ts';
import { archiveRecord } from '../../../shared/archive/adapters/archive-record.ts';
import { findArchivedLine, findLaterArchived } from '../../../shared/archive/adapters/find-archived-line.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';
import { committed, intent } from '../../../shared/rounds/any-round.fixture.ts';
import type { Round } from '../../../shared/rounds/round.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
const operatorId = ids.operator('demo');
let s3: S3Client;
let bucket: string;

useBucket((made) => {
  ({ s3, bucket } = made);
});

async function archive(startedAtMs: number): Promise<Round> {
  const round = committed(intent({ startedAtMs }), {}, startedAtMs + 3 * 24 * HOUR_MS);
  await new S3Archive(s3, bucket).write([committed(intent({ startedAtMs })), round], randomUUID());
  return round;
}

describe('the line of a round in the archive', () => {
  it('is found by operator and id alone, wherever in its day the round began and however late it ended', async () => {
    const rounds = [];
    for (const hour of [-12, 0, 11.99]) rounds.push(await archive(NOON_MS + hour * HOUR_MS));
    for (const round of rounds) {
      const found = await findArchivedLine(s3, bucket, { operatorId, roundId: round.roundId });
      expect(found?.line).toBe(JSON.stringify(archiveRecord(round)));
      expect(found?.file).toContain('/date=2026-11-21/');
    }
  });

  it('is found in the minute of the intent where that is given', async () => {
    const { roundId, startedAtMs } = await archive(NOON_MS);
    const found = await findArchivedLine(s3, bucket, { operatorId, roundId, startedAtMs });
    expect(found?.file).toContain('/hour=12/00-');
    const elsewhere = { operatorId, roundId, startedAtMs: startedAtMs + HOUR_MS };
    expect(await findArchivedLine(s3, bucket, elsewhere)).toBeUndefined();
  });

  it('is not found for another operator, nor by an id that no round can have', async () => {
    const { roundId } = await archive(NOON_MS);
    const other = ids.operator('other');
    expect(await findArchivedLine(s3, bucket, { operatorId: other, roundId })).toBeUndefined();
    const none = ids.round('00000000-0000-4000-8000-000000000000');
    expect(await findArchivedLine(s3, bucket, { operatorId, roundId: none })).toBeUndefined();
  });
});

describe('a later round of a log in the archive', () => {
  it('is found whatever its number, its day and its file', async () => {
    const { log, ...first } = await archive(NOON_MS);
    const archiveNumbered = async (number: number, startedAtMs: number) => {
      const round = committed(intent({ log, number, startedAtMs }));
      await new S3Archive(s3, bucket).write([committed(intent({ startedAtMs })), round], randomUUID());
      return round.roundId;
    };
    const later = (number: number, startedAtMs = NOON_MS) =>
      findLaterArchived(s3, bucket, { log, number, startedAtMs });
    expect(await later(first.number)).toBeUndefined();
    const roundId = await archiveNumbered(3, NOON_MS + 12 * 24 * HOUR_MS);
    expect(await later(first.number)).toBe(roundId);
    expect(await later(2, NOON_MS + 12 * 24 * HOUR_MS + 60_000)).toBe(roundId);
    expect(await later(3)).toBeUndefined();
    const present = [3];
    expect(
      await findLaterArchived(s3, bucket, { log, number: 1, startedAtMs: NOON_MS }, present),
    ).toBeUndefined();
    expect(await later(first.number, NOON_MS + 13 * 24 * HOUR_MS)).toBeUndefined();
  });

  it('is not found where only the view of another round has its id', async () => {
    const { log, roundId, number, startedAtMs } = await archive(NOON_MS);
    const view = JSON.stringify({ round_id: roundId.replace('-8000-', '-8001-') });
    await new S3Archive(s3, bucket).write([committed(intent({ startedAtMs }), { view })], randomUUID());
    expect(await findLaterArchived(s3, bucket, { log, number, startedAtMs })).toBeUndefined();
  });
});
