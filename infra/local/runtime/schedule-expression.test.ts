import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule } from './schedule-expression.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const at = (text: string) => Date.parse(text);
const nextOf = (expression: string, after: string) => {
  const runMs = parseSchedule(expression).nextRunMs(at(after));
  return runMs === undefined ? undefined : new Date(runMs).toISOString();
};

test.each([
  ['cron(* * * * ? *)', '2026-01-01T00:00:30Z', '2026-01-01T00:01:00.000Z'],
  ['cron(0 3/5 * * ? *)', '2026-01-01T23:00:00Z', '2026-01-02T03:00:00.000Z'],
  ['cron(0 0 1/2 * ? *)', '2026-02-27T00:00:00Z', '2026-03-01T00:00:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T02:59:59Z', '2026-01-01T03:00:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', '2026-01-02T03:00:00.000Z'],
  ['cron(15 10 ? * MON-FRI *)', '2026-11-20T10:15:00Z', '2026-11-23T10:15:00.000Z'],
  ['cron(0/15 8-9 * * ? *)', '2026-01-01T08:46:00Z', '2026-01-01T09:00:00.000Z'],
  ['cron(0 0 1,15 * ? *)', '2026-01-02T00:00:00Z', '2026-01-15T00:00:00.000Z'],
  ['cron(0 0 29 FEB ? *)', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['cron(0 0 L * ? *)', '2026-02-01T00:00:00Z', '2026-02-28T00:00:00.000Z'],
  ['cron(0 0 LW * ? *)', '2026-02-01T00:00:00Z', '2026-02-27T00:00:00.000Z'],
  ['cron(0 0 1W * ? *)', '2026-07-31T12:00:00Z', '2026-08-03T00:00:00.000Z'],
  ['cron(0 0 15W * ? *)', '2026-11-01T00:00:00Z', '2026-11-16T00:00:00.000Z'],
  ['cron(0 0 ? * 6L *)', '2026-11-01T00:00:00Z', '2026-11-27T00:00:00.000Z'],
  ['cron(0 0 ? * L *)', '2026-11-01T00:00:00Z', '2026-11-07T00:00:00.000Z'],
  ['cron(0 0 ? * TUE#3 *)', '2026-11-01T00:00:00Z', '2026-11-17T00:00:00.000Z'],
  ['cron(0 0 1 1 ? 2030/2)', '2026-11-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
])('%s runs after %s at %s', (expression, after, expected) => {
  expect(nextOf(expression, after)).toBe(expected);
});

test('a schedule whose years are over has no next run', () => {
  expect(nextOf('cron(0 0 1 1 ? 2020)', '2026-01-01T00:00:00Z')).toBeUndefined();
});

test.each([
  'rate(1 minute)',
  'rate(2 days)',
  'at(2026-01-01T00:00:00)',
  'cron(0 ? 1 * ? *)',
  'cron(0 3 * * ? 2200)',
  'cron(0 3 1 * +MON *)',
  'cron(0 3 * * *)',
  'cron(0 3 * * * *)',
  'cron(0 3 ? * ? *)',
  'cron(60 3 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 0 0 * ? *)',
  'cron(0 0 32W * ? *)',
  'cron(0 0 ? * 8 *)',
  'cron(0 0 ? * 2#6 *)',
  'cron(0 0 * 13 ? *)',
  'cron(0 0 * * ? 1969)',
  'cron(*/0 0 * * ? *)',
  'cron(9-5 0 * * ? *)',
  'cron(, 0 * * ? *)',
  'every day',
])('%s is refused', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(expect.objectContaining({ name: 'InvalidScheduleError' }));
});

/** One field of a cron expression together with the values it stands for, worked out without the parser. */
function field(first: number, last: number) {
  const value = fc.integer({ min: first, max: last });
  const between = (from: number, to: number, step = 1) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
      (number) => number >= from && number <= to && (number - from) % step === 0,
    );
  const part = fc.oneof(
    value.map((number) => ({ text: `${number}`, values: [number] })),
    fc.tuple(value, value).map(([a, b]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}`, values: between(from, to) };
    }),
    fc.tuple(value, fc.integer({ min: 1, max: last })).map(([from, step]) => ({
      text: `${from}/${step}`,
      values: between(from, last, step),
    })),
    fc.constant({ text: '*', values: between(first, last) }),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    values: new Set(parts.flatMap(({ values }) => values)),
  }));
}

test('the next run is the first minute of the following days whose fields all match', () => {
  const moments = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2028-12-31T00:00:00Z') });
  fc.assert(
    fc.property(field(0, 59), field(0, 23), field(1, 31), moments, (minutes, hours, days, afterMs) => {
      const runMs = parseSchedule(`cron(${minutes.text} ${hours.text} ${days.text} * ? *)`).nextRunMs(
        afterMs,
      );
      const matches = (ms: number) => {
        const date = new Date(ms);
        return (
          minutes.values.has(date.getUTCMinutes()) &&
          hours.values.has(date.getUTCHours()) &&
          days.values.has(date.getUTCDate())
        );
      };
      let expectedMs = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      const limitMs = afterMs + 92 * DAY_MS;
      while (!matches(expectedMs) && expectedMs < limitMs) expectedMs += MINUTE_MS;
      expect(runMs).toBe(expectedMs);
    }),
    { numRuns: 50 },
  );
});

test('days of the week count from Sunday, by number and by name alike', () => {
  const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 2 ** 41 }), (weekday, afterMs) => {
      const runMs = parseSchedule(`cron(0 0 ? * ${weekday} *)`).nextRunMs(afterMs) as number;

      expect(new Date(runMs).getUTCDay()).toBe(weekday - 1);
      expect(runMs - afterMs).toBeLessThanOrEqual(7 * DAY_MS);
      expect(parseSchedule(`cron(0 0 ? * ${names[weekday - 1]} *)`).nextRunMs(afterMs)).toBe(runMs);
    }),
  );
});
