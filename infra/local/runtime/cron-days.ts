import { type FieldRange, InvalidScheduleError, parseField, parseValue } from './cron-field.ts';

const DAY_OF_MONTH: FieldRange = { name: 'day of the month', first: 1, last: 31 };
const DAY_OF_WEEK: FieldRange = {
  name: 'day of the week',
  first: 1,
  last: 7,
  words: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const [SUNDAY, SATURDAY] = [1, 7];

/** The days of a month (from 1), in ascending order. Months count from 1. */
export type DaysOfMonth = (year: number, month: number) => readonly number[];

/**
 * The two day fields taken together; exactly one of them is `?`.
 * @throws InvalidScheduleError
 */
export function parseDays(dayOfMonth: string, dayOfWeek: string): DaysOfMonth {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new InvalidScheduleError('Exactly one of the day of the month and the day of the week has to be ?');
  }
  return dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek);
}

function parseDayOfMonth(text: string): DaysOfMonth {
  if (text === 'L') return (year, month) => [lengthOf(year, month)];
  if (text === 'LW') return (year, month) => [nearestWeekday(year, month, lengthOf(year, month))];
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest !== null) {
    const day = parseValue(nearest[1] as string, DAY_OF_MONTH);
    return (year, month) => (day > lengthOf(year, month) ? [] : [nearestWeekday(year, month, day)]);
  }
  const days = parseField(text, DAY_OF_MONTH);
  return (year, month) => days.filter((day) => day <= lengthOf(year, month));
}

function parseDayOfWeek(text: string): DaysOfMonth {
  if (text === 'L') return parseDayOfWeek(String(SATURDAY));
  const last = /^(\w+)L$/.exec(text);
  if (last !== null) {
    const weekday = parseValue(last[1] as string, DAY_OF_WEEK);
    return (year, month) => daysOn([weekday], year, month).slice(-1);
  }
  const nth = /^(\w+)#([1-5])$/.exec(text);
  if (nth !== null) {
    const weekday = parseValue(nth[1] as string, DAY_OF_WEEK);
    const count = Number(nth[2]);
    return (year, month) => daysOn([weekday], year, month).slice(count - 1, count);
  }
  const weekdays = parseField(text, DAY_OF_WEEK);
  return (year, month) => daysOn(weekdays, year, month);
}

function daysOn(weekdays: readonly number[], year: number, month: number): number[] {
  const days = Array.from({ length: lengthOf(year, month) }, (_, index) => index + 1);
  return days.filter((day) => weekdays.includes(weekdayOf(year, month, day)));
}

/** The working day closest to this one, without leaving the month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === SUNDAY) return day === lengthOf(year, month) ? day - 2 : day + 1;
  return day;
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** From 1, a Sunday, to 7. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}
