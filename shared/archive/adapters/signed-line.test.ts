import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { DependencyError } from '../../foundation/errors.ts';
import { anyRound, committed, credited, intent } from '../../rounds/any-round.fixture.ts';
import { RoundMacs } from '../../rounds/round-macs.ts';
import { signRound } from '../../rounds/sample-round.fixture.ts';
import { type ArchiveRecord, archiveRecord } from './archive-record.ts';
import { signedRound } from './signed-line.ts';

const macs = new RoundMacs(openMacs);

describe('the line of a round that the ledger signed', () => {
  it('gives back the round, whatever it holds and however it ended', async () => {
    await fc.assert(
      fc.asyncProperty(anyRound, async (round) => {
        const signed = await signRound(macs, structuredClone(round));
        expect(await signedRound(macs, JSON.stringify(archiveRecord(signed)))).toEqual(signed);
      }),
    );
  });

  it('gives no round with another value in any of its fields', async () => {
    const bonus = { openedBy: 'spin', steps: 2, payoutMillionths: 5n };
    const round = await signRound(macs, credited(committed(intent({ gameSoFar: bonus }))));
    const record = archiveRecord(round);
    const others = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.boolean(), fc.object());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(record)), others, async (name, other) => {
        fc.pre(JSON.stringify(other) !== JSON.stringify(record[name as keyof ArchiveRecord]));
        expect(await signedRound(macs, JSON.stringify({ ...record, [name]: other }))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, Partial<ArchiveRecord>]>([
    ['a larger win', { win: '2.51' }],
    ['a win that is written in another way', { win: '02.50' }],
    ['a status before', { status: 'COMMITTED' }],
    ['another player', { player_id: 'another' as ArchiveRecord['player_id'] }],
    ['another time of its end', { ended_at: '2026-11-21T00:00:00.000Z' }],
    ['a time that is written in another way', { started_at: '2026-11-18T11:06:40.0Z' }],
    ['another transaction', { credit_transaction_id: 'x' as ArchiveRecord['credit_transaction_id'] }],
    ['the MAC of another intent', { intent_mac: Buffer.alloc(16).toString('base64') }],
  ])('gives no round with %s', async (_, change) => {
    const record = archiveRecord(await signRound(macs, credited(committed(intent()))));
    expect(await signedRound(macs, JSON.stringify({ ...record, ...change }))).toBeUndefined();
  });

  it.each(['', '[]', 'null', '{"round_id":', '{}'])('gives no round where it is %j', async (line) => {
    expect(await signedRound(macs, line)).toBeUndefined();
  });

  it('is not called forged where the key cannot be read', async () => {
    const line = JSON.stringify(archiveRecord(await signRound(macs, intent())));
    const away = new DependencyError('SERVICE_UNAVAILABLE', 'The key is away');
    const check = () => Promise.reject(away);
    await expect(signedRound({ check }, line)).rejects.toBe(away);
  });
});
