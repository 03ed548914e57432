import { type DaysOfMonth, parseDays } from './cron-days.ts';
import { type FieldRange, InvalidScheduleError, parseField } from './cron-field.ts';

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1440 * MINUTE_MS,
};

const MINUTE: FieldRange = { name: 'minute', first: 0, last: 59 };
const HOUR: FieldRange = { name: 'hour', first: 0, last: 23 };
const MONTH: FieldRange = {
  name: 'month',
  first: 1,
  last: 12,
  words: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const YEAR: FieldRange = { name: 'year', first: 1970, last: 2199 };

export interface Schedule {
  /** The first run after a moment (for a rate: after the run before), or undefined where there is none. */
  nextRunMs(afterMs: number): number | undefined;
}

/**
 * Reads `rate(value unit)` or `cron(minutes hours day-of-month month day-of-week year)` as EventBridge defines
 * them, in UTC.
 * @throws InvalidScheduleError
 */
export function parseSchedule(expression: string): Schedule {
  const match = /^(rate|cron)\(([^()]*)\)$/.exec(expression);
  if (match === null) throw new InvalidScheduleError(`"${expression}" is neither rate(…) nor cron(…)`);
  const fields = (match[2] as string).trim().split(/\s+/);
  return match[1] === 'rate' ? parseRate(expression, fields) : parseCron(expression, fields);
}

function parseRate(expression: string, [count = '', unit = '', ...more]: string[]): Schedule {
  const value = /^[1-9]\d*$/.test(count) ? Number(count) : Number.NaN;
  const unitMs = UNIT_MS[value === 1 ? unit : unit.replace(/s$/, '')];
  const isPluralRight = value === 1 || unit.endsWith('s');
  if (Number.isNaN(value) || unitMs === undefined || !isPluralRight || more.length > 0) {
    throw new InvalidScheduleError(`"${expression}" is not rate(1 day), rate(5 minutes) or the like`);
  }
  return { nextRunMs: (afterMs) => afterMs + value * unitMs };
}

interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DaysOfMonth;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

function parseCron(expression: string, fields: string[]): Schedule {
  const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = ''] = fields;
  if (fields.length !== 6) throw new InvalidScheduleError(`"${expression}" needs six fields`);
  const cron: Cron = {
    minutes: parseField(minutes, MINUTE),
    hours: parseField(hours, HOUR),
    days: parseDays(dayOfMonth, dayOfWeek),
    months: parseField(months, MONTH),
    years: parseField(years, YEAR),
  };
  return { nextRunMs: (afterMs) => nextRun(cron, afterMs) };
}

/** Walks from the year down to the minute, past every unit that ends before the moment. */
function nextRun({ years, months, days, hours, minutes }: Cron, afterMs: number): number | undefined {
  for (const year of years) {
    if (Date.UTC(year + 1, 0) <= afterMs) continue;
    for (const month of months) {
      if (Date.UTC(year, month) <= afterMs) continue;
      for (const day of days(year, month)) {
        if (Date.UTC(year, month - 1, day + 1) <= afterMs) continue;
        const startMs = Date.UTC(year, month - 1, day);
        const runMs = nextRunOfDay(startMs, hours, minutes, afterMs);
        if (runMs !== undefined) return runMs;
      }
    }
  }
  return undefined;
}

function nextRunOfDay(
  startMs: number,
  hours: readonly number[],
  minutes: readonly number[],
  afterMs: number,
): number | undefined {
  for (const hour of hours) {
    for (const minute of minutes) {
      const runMs = startMs + (hour * 60 + minute) * MINUTE_MS;
      if (runMs > afterMs) return runMs;
    }
  }
  return undefined;
}
