import fc from 'fast-check';
import { hostileText, spoilt } from './strings.ts';

// biome-ignore format: a list reads better packed
const oddInstants = [
  '2023-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '2023-11-14T24:00:00Z', '2023-11-14T23:59:60Z', '2023-11-14T10:00Z', '2023-11-14',
  '2023-11-14T10:00:00', '2023-11-14T10:00:00+01:00', '2023-11-14T10:00:00+24:00', '2023-11-14T10:00:00-00:00', '2023-11-14T10:00:00+0100',
  '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '+012023-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', '2023-11-14t10:00:00z',
  '2023-11-14 10:00:00Z', '20231114T100000Z', '2023-11-14T10:00:00,5Z', '2023-11-14T10:00:00.Z', '2023-13-01T00:00:00Z',
  '2023-00-00T00:00:00Z', '1700000000000', 'Tue, 14 Nov 2023 22:13:20 GMT', 'now', '2023-11-14T10:00:00.123456Z', '2023-W46-2T10:00:00Z',
];

/** Times as they are written, mostly around one moment, and much that only looks like one. */
export function instantsAround(atMs: number, spanMs: number): fc.Arbitrary<string> {
  const near = fc.integer({ min: -spanMs, max: spanMs }).map((ms) => new Date(atMs + ms).toISOString());
  return fc.oneof(
    { weight: 9, arbitrary: near },
    { weight: 1, arbitrary: near.map((text) => text.replace(/\.\d+/, '')) },
    { weight: 1, arbitrary: spoilt(near) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...oddInstants), hostileText) },
  );
}

const form = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** RFC 3339, in milliseconds, finer parts cut off; undefined for what is no time, or has another offset than UTC's. */
export function instantOf(text: unknown, offsets: 'utc' | 'any'): number | undefined {
  const found = typeof text === 'string' ? form.exec(text) : null;
  if (!found) return undefined;
  const [, day, minute, second, fraction = '', sign, hours, minutes] = found;
  if (sign !== undefined && offsets === 'utc') return undefined;
  const at = new Date(`${day}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // A day or an hour that there is not is another one, or none.
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(`${day}T${minute}:${second}`))
    return undefined;
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return at.getTime() - (sign === '-' ? -offsetMs : offsetMs);
}
