import { expect, it } from 'vitest';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import type { SoughtRound } from '../../shared/archive/adapters/find-archived-line.ts';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import { DependencyError, FaultError } from '../../shared/foundation/errors.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { committed, credited, intent } from '../../shared/rounds/any-round.fixture.ts';
import { type TracePorts, traceText, traceWith } from './round-on-stage.ts';

const round = credited(committed(intent()));
const { roundId } = round;
const line = JSON.stringify(archiveRecord(round));
const sought = { roundId, operatorId: undefined };

function portsWith(given: Partial<TracePorts>, places: SoughtRound[] = []): TracePorts {
  return {
    find: async () => round,
    item: async () => ({ ...encodeRound(round), win: 9_999n }),
    archived: async (place) => {
      places.push(place);
      return { file: 'a.jsonl.gz', line };
    },
    logs: async () => [{ file: 'play-spin.log', line: `{"roundId":"${roundId}"}` }],
    ...given,
  };
}
const forged = async () => {
  throw new FaultError('CORRUPT_RECORD', 'Its MAC is wrong');
};

it('A round that was forged is shown as it is stored, with its logs and its archive, and is never called true', async () => {
  const places: SoughtRound[] = [];
  const trace = await traceWith(portsWith({ find: forged }, places), sought);
  expect(trace).toMatchObject({
    ledger: undefined,
    forged: { win: '9999', mac: Buffer.from(round.mac).toString('base64') },
    archive: { line, sameAsLedger: undefined },
  });
  // The time in a forged item is not sure, so the whole day is searched.
  expect(places).toEqual([{ operatorId: round.log.operatorId, roundId }]);
  const text = traceText(trace);
  expect(text).toContain('Ledger: the MAC or the form of the item is wrong.');
  expect(text).toContain('play-spin.log: ');
  expect(text).toContain('Archive: a.jsonl.gz says this');
  expect(() => JSON.stringify(trace)).not.toThrow();
});

it('A forged item is shown with all that somebody has nested in it, also what JSON does not know', async () => {
  const bytes = new Uint8Array([1, 2]);
  const nested = { list: [7n, { bytes }], nothing: null, yes: true, odd: 1.5 };
  const sets = { numbers: new Set([1n, 2n]), texts: new Set(['a']), bytes: new Set([bytes]) };
  const item = async () => ({ ...encodeRound(round), nested, sets }) as unknown as NativeItem;
  const trace = await traceWith(portsWith({ find: forged, item }), sought);
  expect(trace.forged).toMatchObject({
    nested: { list: ['7', { bytes: 'AQI=' }], nothing: null, yes: true, odd: 1.5 },
    sets: { numbers: ['1', '2'], texts: ['a'], bytes: ['AQI='] },
  });
  expect(JSON.parse(JSON.stringify(trace))).toMatchObject({ forged: trace.forged });
  expect(traceText(trace)).toContain('"AQI="');
});

it('A forged item that names no operator is searched in the archive of the operator who is given', async () => {
  const places: SoughtRound[] = [];
  const ports = portsWith(
    { find: forged, item: async () => ({ pk: 'a', sk: 'b', log: '?', stake: 7n }) },
    places,
  );
  expect(await traceWith(ports, sought)).toMatchObject({ forged: { stake: '7' }, archive: undefined });
  expect(places).toEqual([]);
  const { operatorId } = round.log;
  expect(await traceWith(ports, { roundId, operatorId })).toMatchObject({ archive: { line } });
});

it('A round that is as it was written is compared with its line', async () => {
  const trace = await traceWith(portsWith({}), sought);
  expect(trace).toMatchObject({ forged: undefined, archive: { sameAsLedger: true } });
  expect(traceText(trace)).toContain('says the same as the ledger');
});

it('A ledger that cannot be reached is no forgery', async () => {
  const away = new DependencyError('SERVICE_UNAVAILABLE', 'It is away');
  const find = () => Promise.reject(away);
  await expect(traceWith(portsWith({ find }), sought)).rejects.toBe(away);
});
