import { Cron } from 'croner';

/** EventBridge would refuse this schedule expression, or the local run does not offer it. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
}

export interface Schedule {
  /** The first run after a moment; undefined where there is none. */
  nextRunMs(afterMs: number): number | undefined;
}

/** The years that EventBridge takes. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)` as EventBridge defines it, in UTC.
 * Rates are refused: the stack has none.
 * @throws InvalidScheduleError
 */
export function parseSchedule(expression: string): Schedule {
  const fields = /^cron\(([^()+]*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields === undefined) throw refused(expression, 'is not cron(…), the only schedule that runs here');
  if (fields.length !== 6) throw refused(expression, 'needs six fields');
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', years = ''] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw refused(expression, 'needs ? as exactly one of the day of the month and the day of the week');
  if ([minutes, hours, month, years].some((field) => field.includes('?')))
    throw refused(expression, 'has ? in a field other than the days');
  if (/(^|[,-])[089]/.test(dayOfWeek))
    throw refused(expression, 'names a day of the week that is not 1 (Sunday) to 7');
  const wrongYear = years.match(/\d{4,}/g)?.find((year) => +year < FIRST_YEAR || +year > LAST_YEAR);
  if (wrongYear !== undefined)
    throw refused(expression, `names ${wrongYear}; years go from ${FIRST_YEAR} to ${LAST_YEAR}`);
  const cron = readCron(expression, [
    minutes,
    hours,
    dayOfMonth,
    month,
    // EventBridge's last day of a week is Saturday, which croner knows by its number only.
    dayOfWeek === 'L' ? '7' : dayOfWeek,
    years,
  ]);
  return { nextRunMs: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function readCron(expression: string, fields: readonly string[]): Cron {
  try {
    return new Cron(`0 ${fields.join(' ')}`, {
      mode: '7-part',
      utcOffset: 0,
      // EventBridge counts the days of the week from 1, a Sunday, and takes steps from a number on (`5/10`).
      alternativeWeekdays: true,
      sloppyRanges: true,
    });
  } catch (error) {
    throw refused(expression, error instanceof Error ? error.message : String(error));
  }
}

function refused(expression: string, reason: string): InvalidScheduleError {
  return new InvalidScheduleError(`"${expression}" ${reason}`);
}
