/** A schedule expression that EventBridge would refuse, or that is not offered here. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
}

export interface FieldRange {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Words for the values, from the first on: JAN, FEB, … */
  readonly words?: readonly string[];
}

/**
 * The values that a field of a cron expression names, in ascending order: `*`, numbers, words, ranges `a-b`,
 * steps `a/n`, `a-b/n` and lists of all these.
 * @throws InvalidScheduleError
 */
export function parseField(text: string, range: FieldRange): readonly number[] {
  const values = text.split(',').flatMap((part) => parsePart(part, range));
  return [...new Set(values)].sort((a, b) => a - b);
}

function parsePart(part: string, range: FieldRange): number[] {
  const match = /^(?:(?<all>\*)|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(part);
  const { all, from = '', to, step } = match?.groups ?? {};
  if (match === null) throw refused(part, range);
  const first = all === undefined ? parseValue(from, range) : range.first;
  const last = lastOf(all, to, step, first, range);
  const width = step === undefined ? 1 : Number(step);
  if (width < 1 || last < first) throw refused(part, range);
  return Array.from({ length: Math.floor((last - first) / width) + 1 }, (_, index) => first + index * width);
}

function lastOf(
  all: string | undefined,
  to: string | undefined,
  step: string | undefined,
  first: number,
  range: FieldRange,
): number {
  if (to !== undefined) return parseValue(to, range);
  return all !== undefined || step !== undefined ? range.last : first;
}

export function parseValue(text: string, range: FieldRange): number {
  const word = range.words?.indexOf(text.toUpperCase()) ?? -1;
  const value = word >= 0 ? range.first + word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.first && value <= range.last) return value;
  throw refused(text, range);
}

function refused(part: string, { name, first, last }: FieldRange): InvalidScheduleError {
  return new InvalidScheduleError(`"${part}" is no ${name} of a schedule (${first}-${last})`);
}
